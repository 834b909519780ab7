/**
 * The address of a worker or child script that lies beside the caller. A clone runs `.ts` by type stripping, the
 * packed tarball runs the compiled `.js`: the sibling has the extension of the importing module.
 */
export function workerUrl(importMetaUrl: string, name: string): URL {
  const extension = importMetaUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`./${name}${extension}`, importMetaUrl);
}
