// The camera: shows its picture in a <video>, hands frames to the decoder one at a time, and reports its state.

import { signal } from "@preact/signals";

export type CameraState =
  | "off"
  | "starting"
  | "on"
  | "refused" // the officer or the phone's settings said no
  | "absent"
  | "busy" // another app has it
  | "unsupported" // no way to a camera in this browser, or not over https
  | "undecodable"; // the decoder did not load

const CHOICE = "antrian.camera";
/** The side of the square that is read: enough for a ticket at arm's length, little enough for an old phone. */
const SIDE = 720;
const MILLISECONDS_A_FRAME = 110;
const FAULTS: Record<string, CameraState> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

// The DOM's types do not know the torch.
type WithTorch = MediaTrackCapabilities & { torch?: boolean };

export class Camera {
  readonly state = signal<CameraState>("off");
  /** The cameras of this device; empty until one was allowed. */
  readonly choices = signal<readonly MediaDeviceInfo[]>([]);
  /** The id of the camera that is on. */
  readonly chosen = signal("");
  /** Whether the torch is lit; null where there is none. */
  readonly torch = signal<boolean | null>(null);

  readonly #decoderUrl: string;
  readonly #onRead: (text: string) => void;
  readonly #canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  #decoder: Worker | null = null;
  #stream: MediaStream | null = null;
  #awake: WakeLockSentinel | null = null;
  /** Counts starts and stops. A start awaits the browser several times; another number then means it is outdated. */
  #attempt = 0;

  /** `onRead` is called with the text in every frame, hence with the same text many times. */
  constructor(decoderUrl: string, onRead: (text: string) => void) {
    this.#decoderUrl = decoderUrl;
    this.#onRead = onRead;
  }

  async start(video: HTMLVideoElement): Promise<void> {
    this.stop();
    const attempt = this.#attempt;
    this.state.value = "starting";
    try {
      const stream = await ask();
      if (attempt !== this.#attempt) {
        end(stream);
        return;
      }
      this.#stream = stream;
      const track = stream.getVideoTracks()[0]!;
      // Another app took it, or it was pulled out.
      track.addEventListener("ended", () => {
        if (stream === this.#stream) this.stop("busy");
      });
      this.chosen.value = track.getSettings().deviceId ?? "";
      // Firefox has no capabilities.
      this.torch.value = (track.getCapabilities?.() as WithTorch | undefined)?.torch ? false : null;
      video.srcObject = stream;
      await video.play();
      this.choices.value = (await navigator.mediaDevices.enumerateDevices()).filter(
        (device) => device.kind === "videoinput",
      );
    } catch (fault) {
      if (attempt === this.#attempt) this.stop(FAULTS[(fault as DOMException).name] ?? "unsupported");
      return;
    }
    if (attempt !== this.#attempt) return;
    this.state.value = "on";
    void this.#stayAwake(attempt);
    await this.#watch(video, attempt);
  }

  stop(because: CameraState = "off"): void {
    this.#attempt++;
    if (this.#stream) end(this.#stream);
    this.#stream = null;
    this.torch.value = null;
    this.state.value = because;
    void this.#awake?.release();
    this.#awake = null;
  }

  async choose(id: string, video: HTMLVideoElement): Promise<void> {
    localStorage.setItem(CHOICE, id);
    await this.start(video);
  }

  async setTorch(yes: boolean): Promise<void> {
    const wish = { advanced: [{ torch: yes } as MediaTrackConstraintSet] };
    try {
      await this.#stream?.getVideoTracks()[0]?.applyConstraints(wish);
      this.torch.value = yes;
    } catch {
      // A hot phone, or one with an empty battery, refuses; the button stays as it is.
    }
  }

  /** The phone must not go dark between two people. Not every browser can promise that, none with a low battery. */
  async #stayAwake(attempt: number): Promise<void> {
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (attempt === this.#attempt) this.#awake = lock ?? null;
    else void lock?.release();
  }

  async #watch(video: HTMLVideoElement, attempt: number): Promise<void> {
    while (attempt === this.#attempt) {
      const pause = new Promise((resolve) => setTimeout(resolve, MILLISECONDS_A_FRAME));
      try {
        const text = video.readyState >= video.HAVE_CURRENT_DATA ? await this.#decode(this.#frame(video)) : null;
        if (text !== null && attempt === this.#attempt) this.#onRead(text);
      } catch {
        this.#decoder?.terminate();
        this.#decoder = null;
        if (attempt === this.#attempt) this.stop("undecodable");
      }
      await pause;
    }
  }

  /** Return the square in the middle, with which the officer aims. */
  #frame(video: HTMLVideoElement): ImageData {
    const { videoWidth, videoHeight } = video;
    const shorter = Math.min(videoWidth, videoHeight);
    const side = Math.min(shorter, SIDE);
    this.#canvas.canvas.width = this.#canvas.canvas.height = side;
    const left = (videoWidth - shorter) / 2;
    const top = (videoHeight - shorter) / 2;
    this.#canvas.drawImage(video, left, top, shorter, shorter, 0, 0, side, side);
    return this.#canvas.getImageData(0, 0, side, side);
  }

  #decode(frame: ImageData): Promise<string | null> {
    this.#decoder ??= new Worker(this.#decoderUrl);
    const decoder = this.#decoder;
    return new Promise((resolve, reject) => {
      decoder.onmessage = ({ data: text }: MessageEvent<string | null>) => resolve(text);
      decoder.onerror = reject;
      decoder.postMessage(frame, [frame.data.buffer]);
    });
  }
}

function ask(): Promise<MediaStream> {
  const chosen = localStorage.getItem(CHOICE);
  // `ideal`, not `exact`: with a remembered camera unplugged, any other must do.
  const which = chosen ? { deviceId: { ideal: chosen } } : { facingMode: { ideal: "environment" } };
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { ...which, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
