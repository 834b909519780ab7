/** Hands a file to the browser, which saves it where the person wants downloads. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by then; a kept address would keep the whole file.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
