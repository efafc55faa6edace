/** The typed client of the HTTP interface: `schema.d.ts` is generated from openapi.json, refusals become `ApiError`. */
import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError } from '../core/http';
import { language } from '../core/i18n';
import type { components, paths } from './schema';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

const refusals: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', language());
    if (request.method !== 'GET') request.headers.set('X-Visavis', '1');
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return response;
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    throw new ApiError(
      response.status,
      String(body.error ?? 'unexpected'),
      String(body.detail ?? response.statusText),
      String(body.id ?? ''),
      body,
    );
  },
  onError({ error }) {
    return new ApiError(0, 'network', String(error));
  },
};

export const client = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
client.use(refusals);

/** The data of an answer; the middleware has thrown where there is none. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
