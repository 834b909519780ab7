import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../src/lib/package-root.ts';

/**
 * Writes the types of the API that the portal calls (portal/src/api/schema.d.ts) from openapi.json. The generator works
 * with the compiler interface of TypeScript 5, which 7 does not have: it gets that version under its own name.
 */
export async function writePortalTypes(): Promise<void> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) => next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
  });
  const { astToString, default: openapiTS } = await import('openapi-typescript');
  hooks.deregister();
  const nodes = await openapiTS(pathToFileURL(join(packageRoot(), 'openapi.json')), { silent: true });
  const target = join(packageRoot(), 'portal', 'src', 'api', 'schema.d.ts');
  writeFileSync(target, `// Made from openapi.json by scripts/portal-types.ts.\n${astToString(nodes)}`);
}
