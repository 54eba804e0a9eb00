/**
 * The content security policy of the built site: a meta tag for any static host, a header from our own
 * server and from the service worker. Nothing but the site's own files and, for models a user asks for, the
 * Hugging Face hub.
 */
const directives = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  'font-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src':
    "'self' https://huggingface.co https://*.hf.co https://*.huggingface.co https://raw.githubusercontent.com",
  'manifest-src': "'self'",
  'base-uri': "'none'",
};

export const CONTENT_SECURITY_POLICY = Object.entries(directives)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

/** What the lab's own server says with every file, and the service worker on hosts that say nothing. */
export const SITE_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};
