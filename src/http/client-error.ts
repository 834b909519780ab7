import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import { Problem } from '../lib/problem.ts';
import { problemBody, problemMediaType } from './problem-body.ts';

/** Answers what Node's HTTP parser refuses: there is no request yet, only a socket. */
export function createClientErrorHandler(deps: { clock: Clock; publicUrl: string | undefined }) {
  return (error: ConnectionError, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const problem = problemOf(error.code);
    const body = JSON.stringify(
      problemBody(problem, { at: deps.clock.now(), publicUrl: deps.publicUrl, instance: undefined }),
    );
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
        `Content-Type: ${problemMediaType}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
}

function problemOf(code: string): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem('requestTimeout', { detail: 'The request did not arrive in time.' });
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem('requestHeaderFieldsTooLarge', { detail: 'All header fields together may have 16 KiB.' });
  }
  return new Problem('badRequest', { detail: 'The request is not valid HTTP.' });
}
