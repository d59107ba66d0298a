import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { makeRouter } from './router.tsx';
import './app.css';

const retriesMax = 3;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // a browser’s word that it is offline says nothing of a server in the house
      networkMode: 'always',
      // what the server refuses it will refuse again
      retry: (failures, error) =>
        failures < retriesMax && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      retryDelay: (failures, error) =>
        (error instanceof ApiError && error.retryAfter !== undefined ? error.retryAfter : 2 ** failures) *
        1000,
    },
  },
});
const router = makeRouter(client);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
