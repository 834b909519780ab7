import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { StartRefused } from '../lib/start-refused.ts';
import type { TlsMaterial } from './http-server.ts';

export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Files of a few kilobytes, read anew: a link that is turned to another folder has no change to be told of. */
const lookEveryMs = 10_000;

/** @throws StartRefused when a file cannot be read, is not what it should be, or the two do not fit */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const tls = {
    cert: await readOne(files.certificateFile, 'ROLLCALL_TLS_CERTIFICATE_FILE'),
    key: await readOne(files.keyFile, 'ROLLCALL_TLS_KEY_FILE'),
  };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new StartRefused('The TLS certificate and key cannot be used: both must be PEM and belong together.', {
      cause,
    });
  }
  return tls;
}

async function readOne(file: string, setting: string): Promise<Buffer> {
  return await readFile(file).catch((cause: unknown) => {
    throw new StartRefused(`The file of ${setting} cannot be read.`, { cause });
  });
}

/**
 * Takes a renewed certificate without a restart. Files that cannot be used (half written, or the key still the old one)
 * change nothing: what serves now goes on, the log says so once, and the next look may find them whole.
 */
export function watchTlsFiles(options: {
  files: TlsFiles;
  present: TlsMaterial;
  use: (tls: TlsMaterial) => void;
  logger: Logger;
  everyMs?: number;
}): Disposable {
  let { present } = options;
  let failing = false;
  let looking = false;
  const look = async () => {
    try {
      const found = await readTlsFiles(options.files);
      failing = false;
      if (found.cert.equals(present.cert) && found.key.equals(present.key)) return;
      options.use(found);
      present = found;
      options.logger.info({ validTo: new X509Certificate(found.cert).validTo }, 'TLS certificate renewed');
    } catch (error) {
      if (failing) return;
      failing = true;
      options.logger.error(
        { reason: error instanceof StartRefused ? error.message : 'unknown' },
        'TLS certificate not renewed: the one before stays',
      );
    }
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, options.everyMs ?? lookEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
