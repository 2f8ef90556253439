import type { Answer } from '../../shared/http.ts';
import type { Route } from './route.ts';

/** What every older sign-in is answered since October 2025. */
const updateRequired: Answer = {
  status: 426,
  body: { message: 'An app update is required', code: 105, update_available: true, update_required: true },
};

export const oldRoutes: Route[] = ['/login', '/api/v3/login', '/api/v4/account/login', '/api/v5/account/login'].map(
  (path) => ({ name: `POST ${path}`, isOpen: true, answer: () => updateRequired }),
);
