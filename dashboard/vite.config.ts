/** How the dashboard is built, and served anew at each change: `npx vite dashboard` while a server runs that MILLRACE_URL names. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const target = process.env.MILLRACE_URL ?? 'http://127.0.0.1:3000';
/** Goes with every request to the API. */
const key = process.env.MILLRACE_KEY;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // what the first page needs comes in one file: cut along what pages share it was 28, and a tenth larger
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: {
    proxy: {
      '/api': { target, ...(key && { headers: { authorization: `Bearer ${key}` } }) },
      '/health': { target },
      '/metrics': { target, ...(key && { headers: { authorization: `Bearer ${key}` } }) },
    },
  },
});
