type Write = (fd: number, bytes: Uint8Array, offset: number, length: number) => number;

/** Writes all of the bytes: a file system may take a part of them only. */
export function writeWhole(write: Write, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += write(fd, bytes, at, bytes.length - at);
}
