import { UPDATE } from "../texts.ts";
import { activate, waitingVersion } from "../updates.ts";
import { DoorScreen, type DoorScreenProps } from "./door-screen.tsx";
import { SignInScreen } from "./sign-in-screen.tsx";

export function App(props: Omit<DoorScreenProps, "account">) {
  const account = props.session.account.value;
  const version = waitingVersion.value;
  return (
    <>
      {version && (
        <aside class="update">
          <span role="status">{UPDATE.available}</span>
          <button type="button" onClick={() => activate(version)}>
            {UPDATE.take}
          </button>
        </aside>
      )}
      {account ? (
        // The key starts the screen afresh when somebody else signs in, in another tab too.
        <DoorScreen key={account.username} {...props} account={account} />
      ) : (
        <SignInScreen office={props.settings.office} session={props.session} />
      )}
    </>
  );
}
