/** Wait until this is so, but not for ever. */
export async function until(isSo: () => boolean): Promise<void> {
  const patience = performance.now() + 3000;
  while (!isSo()) {
    if (performance.now() > patience) throw new Error(`waited in vain for ${isSo}`);
    await new Promise(setImmediate);
  }
}
