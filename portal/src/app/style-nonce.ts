/** The nonce with which this page may insert styles (Content-Security-Policy). */
export function styleNonce(): string {
  return document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? '';
}
