import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A script, style or picture of the portal, in the forms in which it may be asked for. */
export interface PortalFile {
  readonly mediaType: string;
  readonly plain: Buffer;
  readonly brotli: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const mediaTypes: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** All files of a build by name; together they take a few megabytes, and a name that is not among them is no path. */
export function readPortalFiles(folder: string): ReadonlyMap<string, PortalFile> {
  const bytes = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  const files = new Map<string, PortalFile>();
  for (const [name, plain] of bytes) {
    const mediaType = mediaTypes[name.slice(name.lastIndexOf('.') + 1)];
    if (mediaType === undefined) continue;
    files.set(name, { mediaType, plain, brotli: bytes.get(`${name}.br`), gzip: bytes.get(`${name}.gz`) });
  }
  return files;
}

/** The form to send, by the request's `Accept-Encoding`: every browser that runs the portal takes Brotli over TLS. */
export function encodedFile(file: PortalFile, accepted: string): { bytes: Buffer; encoding: string | undefined } {
  const takes = (coding: string) =>
    new RegExp(`(?:^|[\\s,])${coding}(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))(?:[\\s,;]|$)`).test(accepted);
  if (file.brotli !== undefined && takes('br')) return { bytes: file.brotli, encoding: 'br' };
  if (file.gzip !== undefined && takes('gzip')) return { bytes: file.gzip, encoding: 'gzip' };
  return { bytes: file.plain, encoding: undefined };
}
