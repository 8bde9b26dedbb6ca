import type { Account, Door, Session } from "../ports.ts";
import { MENU, ROLES } from "../texts.ts";
import { Sheet } from "./modal.tsx";

interface MenuProps {
  account: Account;
  door: Door;
  session: Session;
  onLeave: () => void;
}

export function Menu({ account, door, session, onLeave }: MenuProps) {
  const unsent = door.unsent.value;
  return (
    <Sheet title={MENU.title} onLeave={onLeave}>
      <p>
        <strong>{account.username}</strong> · {ROLES[account.role]}
      </p>
      {unsent > 0 && <p class="warning">{MENU.unsent(unsent)}</p>}
      <button type="button" class="danger" onClick={() => void session.signOut()}>
        {MENU.signOut}
      </button>
    </Sheet>
  );
}
