/** Old office files, and new ones with a password, are in a "compound file" ([MS-CFB]). */
const magic = 'd0cf11e0a1b11ae1';
/** A sector of its directory has four entries; the package stands among the first dozen. */
const directoryBytes = 4_096;

/** Tells an old workbook, and one with a password, by their first bytes; undefined for anything else. */
export async function oldWorkbookProblem(file: Blob): Promise<'oldWorkbook' | 'encryptedWorkbook' | undefined> {
  const header = new DataView(await file.slice(0, 512).arrayBuffer());
  const hex = Array.from({ length: 8 }, (_, at) => (header.byteLength > at ? header.getUint8(at) : 0))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  if (hex !== magic || header.byteLength < 512) return hex === magic ? 'oldWorkbook' : undefined;
  const sectorBytes = 2 ** Math.min(12, header.getUint16(30, true));
  const directoryAt = (header.getUint32(48, true) + 1) * sectorBytes;
  const directory = await file.slice(directoryAt, directoryAt + directoryBytes).arrayBuffer();
  const isEncrypted = new TextDecoder('utf-16le').decode(directory).includes('EncryptedPackage');
  return isEncrypted ? 'encryptedWorkbook' : 'oldWorkbook';
}
