const WIDTH = 30;

/** A progress bar on a terminal, removed at the end. Nothing anywhere else. */
export function progressBar(stream: NodeJS.WriteStream, label: string): (done: number) => void {
  if (!stream.isTTY) return () => undefined;
  let shown = '';
  return (done) => {
    const filled = Math.round(Math.min(1, done) * WIDTH);
    const line =
      done >= 1 ? '' : `${label} [${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${Math.floor(done * 100)}%`;
    if (line === shown) return;
    stream.write(`\r${line.padEnd(shown.length)}${line === '' ? '\r' : ''}`);
    shown = line;
  };
}
