import { useEffect, useRef } from "preact/hooks";
import type { Camera } from "../camera.ts";
import { muted, setMuted } from "../sound.ts";
import { CAMERA } from "../texts.ts";
import { Icon } from "./icons.tsx";

/** What the camera sees, with the frame to aim with. */
export function CameraView({ camera }: { camera: Camera }) {
  const video = useRef<HTMLVideoElement>(null);
  const state = camera.state.value;
  const torch = camera.torch.value;
  const choices = camera.choices.value;

  useEffect(() => {
    // A camera that nobody looks at drains the battery, and phones take it away anyway.
    const follow = () => {
      if (document.visibilityState === "visible") void camera.start(video.current!);
      else camera.stop();
    };
    document.addEventListener("visibilitychange", follow);
    follow();
    return () => {
      document.removeEventListener("visibilitychange", follow);
      camera.stop();
    };
  }, [camera]);

  return (
    <section class="camera" aria-label={CAMERA.title} data-state={state}>
      {/* Without all three attributes iOS opens its own player. */}
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a video without controls takes no focus */}
      <video ref={video} playsInline muted autoPlay aria-hidden="true" />
      {state === "on" ? (
        <div class="aim" aria-hidden="true" />
      ) : (
        <div class="instead" role="status">
          <Icon name="camera" />
          {state === "starting" ? (
            <p>{CAMERA.starting}</p>
          ) : (
            <>
              <p>
                {CAMERA.faults[state]} {CAMERA.typing}
              </p>
              <button type="button" onClick={() => void camera.start(video.current!)}>
                {CAMERA.again}
              </button>
            </>
          )}
        </div>
      )}
      <div class="tools">
        {torch !== null && (
          <button
            type="button"
            aria-label={CAMERA.torch}
            aria-pressed={torch}
            onClick={() => void camera.setTorch(!torch)}
          >
            <Icon name="torch" />
          </button>
        )}
        {choices.length > 1 && (
          <label class="choose">
            <Icon name="camera" />
            <select
              aria-label={CAMERA.choose}
              value={camera.chosen.value}
              onChange={(event) => void camera.choose(event.currentTarget.value, video.current!)}
            >
              {choices.map(({ deviceId, label }, index) => (
                <option key={deviceId} value={deviceId}>
                  {nameOf(label)} {index + 1}
                </option>
              ))}
            </select>
          </label>
        )}
        <button
          type="button"
          aria-label={CAMERA.mute}
          aria-pressed={muted.value}
          onClick={() => setMuted(!muted.value)}
        >
          <Icon name={muted.value ? "muted" : "sound"} />
        </button>
      </div>
    </section>
  );
}

/** Phones call theirs `camera2 0, facing back`, in the phone's language. */
function nameOf(label: string): string {
  if (/back|rear|environment|belakang/i.test(label)) return CAMERA.back;
  if (/front|user|depan/i.test(label)) return CAMERA.front;
  return CAMERA.other;
}
