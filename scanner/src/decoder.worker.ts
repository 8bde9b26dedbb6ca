// Reads QR codes beside the page, so that the page stays quick under an officer's thumb. One frame in, one answer out.

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
    // Only so does the page hear of it: as the worker's error.
    reportError(fault);
  }
};
