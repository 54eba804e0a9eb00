/**
 * The site: relative addresses, so that it runs from any static folder; every asset a file of its own,
 * because the content security policy allows neither inline scripts nor `data:` fetches.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { CONTENT_SECURITY_POLICY } from './scripts/csp.mjs';
import { oneFontFormat } from './scripts/one-font-format.mjs';

/** Puts the policy into the built page; the development server needs inline scripts and goes without. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** The page's own script is loaded while its entry starts the worker, not after. */
function pagePreload(): Plugin {
  return {
    name: 'page-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter(
            (file) => file.type === 'chunk' && /[\\/]lab[\\/]main\.tsx$/.test(file.facadeModuleId ?? ''),
          )
          .map(({ fileName }) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` },
            injectTo: 'head' as const,
          })),
    },
  };
}

/** What lies beside the page: a policy whose folder was taken away is not offered. */
const folders = readdirSync(fileURLToPath(new URL('public', import.meta.url)), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

export default defineConfig({
  base: './',
  define: { SITE_FOLDERS: JSON.stringify(folders) },
  plugins: [oneFontFormat(), react(), contentSecurityPolicy(), pagePreload()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1024,
  },
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
});
