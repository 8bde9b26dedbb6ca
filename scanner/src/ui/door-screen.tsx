import { useEffect, useState } from "preact/hooks";
import type { Camera } from "../camera.ts";
import type { Account, Door, Session, Settings } from "../ports.ts";
import type { Scanning } from "../scanning.ts";
import { MENU, SEARCH } from "../texts.ts";
import { CameraView } from "./camera-view.tsx";
import { CodeEntry } from "./code-entry.tsx";
import { Counters } from "./counters.tsx";
import { DecisionScreen } from "./decision-screen.tsx";
import { Details } from "./details.tsx";
import { Differences } from "./differences.tsx";
import { Icon } from "./icons.tsx";
import { Menu } from "./menu.tsx";
import { Recent } from "./recent.tsx";
import { Search } from "./search.tsx";
import { StateLine } from "./state-line.tsx";

export interface DoorScreenProps {
  settings: Settings;
  session: Session;
  account: Account;
  door: Door;
  scanning: Scanning;
  camera: Camera;
}

/** The main screen, which officers see all day. */
export function DoorScreen({ settings, session, account, door, scanning, camera }: DoorScreenProps) {
  const [opened, setOpened] = useState<"menu" | "search" | { nonce: string } | null>(null);
  const leave = () => setOpened(null);

  useEffect(() => {
    void door.start();
    return () => {
      scanning.reset();
      void door.stop();
    };
  }, [door]);

  return (
    <main class="door">
      <header class="head">
        <h1>{settings.office}</h1>
        {account.role === "supervisor" && (
          <button type="button" class="plain" onClick={() => setOpened("search")}>
            <Icon name="search" />
            {SEARCH.open}
          </button>
        )}
        <button type="button" class="plain" aria-label={MENU.open} onClick={() => setOpened("menu")}>
          <Icon name="menu" />
        </button>
      </header>
      <StateLine door={door} />
      <Differences door={door} />
      <div class="columns">
        <div>
          <Counters door={door} />
          <CameraView camera={camera} />
          <CodeEntry prefix={settings.prefix} onCode={(code) => void scanning.type(code)} />
        </div>
        <Recent scans={door.recent.value} onOpen={(nonce) => setOpened({ nonce })} />
      </div>
      {opened === "menu" && <Menu {...{ account, door, session }} onLeave={leave} />}
      {opened === "search" && <Search {...{ door, scanning }} onLeave={leave} />}
      {opened !== null && typeof opened === "object" && (
        <Details nonce={opened.nonce} role={account.role} {...{ door, scanning }} onLeave={leave} />
      )}
      <DecisionScreen role={account.role} scanning={scanning} />
    </main>
  );
}
