// Reads QR codes in a worker, so that the page stays responsive. One frame in, one answer out.

import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm";

// The library would load this from another origin, which neither the policy of the page nor a lost network allows.
prepareZXingModule({ overrides: { locateFile: () => new URL(wasm, self.location.href).href } });

const OPTIONS: ReaderOptions = { formats: ["QRCode"], maxNumberOfSymbols: 1, textMode: "Plain" };

self.onmessage = async ({ data: frame }: MessageEvent<ImageData>) => {
  try {
    const [found] = await readBarcodes(frame, OPTIONS);
    self.postMessage(found?.text ?? null);
  } catch (fault) {
    // An async fault does not reach the page by itself; this makes it the worker's error.
    reportError(fault);
  }
};
