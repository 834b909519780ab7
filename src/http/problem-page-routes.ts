import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { marked } from 'marked';
import { Type } from 'typebox';
import { Problem, type ProblemName, problemTypes } from '../lib/problem.ts';
import { readProblemPage } from './page-files.ts';
import { closed } from './schema-parts.ts';

const names = Object.keys(problemTypes).filter((name): name is ProblemName => name in problemTypes);

const problemTypeSchema = Type.Object(
  {
    name: Type.String({ maxLength: 40 }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    title: Type.String({ maxLength: 120 }),
    description: Type.String({ maxLength: 20_000, format: 'markdown', description: 'Markdown (CommonMark).' }),
  },
  { $id: 'problemType', additionalProperties: false },
);

/** Serves the page of each problem type at its `type` address: HTML for people, Markdown and JSON for tools. */
export const problemPageRoutes = (): FastifyPluginAsyncTypebox => async (app) => {
  const pages: ReadonlyMap<string, ProblemPage> = new Map(names.map((name) => [name, createPage(name)]));

  app.route({
    method: 'GET',
    url: '/errors/:problemName/v1.0.0',
    config: { public: true, produces: ['text/html', 'text/markdown', 'application/json'] },
    schema: {
      operationId: 'getProblemType',
      summary: 'What a problem type means and what to do',
      tags: ['Operations'],
      params: closed({ problemName: Type.String({ maxLength: 40, pattern: '^[A-Za-z0-9]+$' }) }),
      response: {
        200: {
          description: 'The page of the problem type.',
          content: {
            'application/json': { schema: problemTypeSchema },
            'text/html': { schema: Type.String() },
            'text/markdown': { schema: Type.String() },
          },
        },
      },
    },
    handler: async (request, reply) => {
      const page = pages.get(request.params.problemName);
      if (page === undefined) throw new Problem('notFound', { detail: 'There is no problem type of this name.' });
      reply.header('cache-control', 'public, max-age=3600');
      if (request.accepted === 'application/json') return reply.type('application/json').send(page.json);
      if (request.accepted === 'text/markdown') return reply.type('text/markdown; charset=utf-8').send(page.markdown);
      return reply.type('text/html; charset=utf-8').send(page.html);
    },
  });

  app.route({
    method: 'GET',
    url: '/errors/problem.css',
    config: { public: true, produces: ['text/css'] },
    schema: { hide: true, operationId: 'getProblemStyle', querystring: closed({}), response: { 200: Type.String() } },
    handler: async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(style),
  });
};

type ProblemPage = ReturnType<typeof createPage>;

function createPage(name: ProblemName) {
  const markdown = readProblemPage(name);
  const { status, title } = problemTypes[name];
  // Our own text, rendered once; the parser is asked for a string, not for a promise.
  const content = marked.parse(markdown, { async: false });
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} · Rollcall</title>
<link rel="stylesheet" href="../problem.css">
</head>
<body>
<main>
<p class="kind"><span>${status}</span> Problem type</p>
${content}</main>
<footer><a href="../../docs">API reference</a></footer>
</body>
</html>
`;
  return { markdown, html, json: { name, status, title, description: markdown } };
}

const style = `
:root { color-scheme: light dark; --text: #1c2430; --quiet: #5a6675; --line: #d9dee5; --back: #fff; --code: #f3f5f8; --mark: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --quiet: #a3adba; --line: #333b46; --back: #14181d; --code: #1e242c; --mark: #ff8a80; }
}
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.6 system-ui, sans-serif; }
main, footer { max-width: 44rem; margin: 0 auto; padding: 0 1.25rem; }
main { padding-top: 3rem; }
footer { margin-top: 3rem; padding-block: 1.25rem; border-top: 1px solid var(--line); color: var(--quiet); }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
a { color: inherit; }
.kind { margin: 0 0 .25rem; color: var(--quiet); font-size: .9rem; }
.kind span { padding: .1rem .45rem; border: 1px solid currentColor; border-radius: .35rem; color: var(--mark); font-weight: 600; }
code { font: .9em/1.5 ui-monospace, monospace; }
:not(pre) > code { padding: .1rem .3rem; border-radius: .25rem; background: var(--code); }
pre { padding: 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--code); }
`.trimStart();
