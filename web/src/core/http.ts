/** Requests to the platform: JSON in, JSON out, and one error class with the server's code. */
import { language } from './i18n';

/** A refusal (`code` of the server), or `network` where no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly id: string = '',
    readonly body: Record<string, unknown> = {},
  ) {
    super(`${status} ${code}: ${detail}`);
    this.name = 'ApiError';
  }
  /** Whether asking again later may succeed without a change. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface HttpOptions {
  /** Origin of the platform; the page's own by default. */
  base?: string;
  /** A client's token; without it the staff cookie is sent. */
  bearer?: () => string | undefined;
  /** Called on 401, so that the application can ask the person to sign in. */
  onSignedOut?: () => void;
  /** Stands in for the browser's own. */
  fetch?: typeof fetch;
}

export interface Call {
  query?: Record<string, string | number | boolean | undefined | null>;
  body?: unknown;
  form?: FormData;
  signal?: AbortSignal;
  keepalive?: boolean;
  /** The answer as a file instead of JSON. */
  raw?: boolean;
}

export type Http = ReturnType<typeof http>;

/** `http().get<T>('/api/me')` and its kin; every failure is an `ApiError`. */
export function http(options: HttpOptions = {}) {
  async function call<T>(method: string, path: string, more: Call = {}): Promise<T> {
    const headers: Record<string, string> = { 'Accept-Language': language() };
    const bearer = options.bearer?.();
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    else if (method !== 'GET') headers['X-Visavis'] = '1';
    if (more.body !== undefined) headers['Content-Type'] = 'application/json';
    let response: Response;
    try {
      response = await (options.fetch ?? fetch)((options.base ?? '') + path + search(more.query), {
        method,
        headers,
        body: more.form ?? (more.body === undefined ? undefined : JSON.stringify(more.body)),
        credentials: bearer ? 'omit' : 'same-origin',
        signal: more.signal,
        keepalive: more.keepalive,
      });
    } catch (problem) {
      if (more.signal?.aborted) throw problem;
      throw new ApiError(0, 'network', String(problem));
    }
    if (response.ok && more.raw) return (await response.blob()) as T;
    if (response.ok) return (response.status === 204 ? undefined : await payload(response)) as T;
    const body = ((await payload(response).catch(() => ({}))) ?? {}) as Record<string, unknown>;
    if (response.status === 401) options.onSignedOut?.();
    throw new ApiError(
      response.status,
      String(body.error ?? 'unexpected'),
      String(body.detail ?? response.statusText),
      String(body.id ?? response.headers.get('x-request-id') ?? ''),
      body,
    );
  }
  return {
    get: <T>(path: string, query?: Call['query'], more?: Call) =>
      call<T>('GET', path, { ...more, query }),
    post: <T>(path: string, body: unknown = {}, more?: Call) =>
      call<T>('POST', path, { ...more, body }),
    put: <T>(path: string, body: unknown = {}, more?: Call) =>
      call<T>('PUT', path, { ...more, body }),
    patch: <T>(path: string, body: unknown = {}, more?: Call) =>
      call<T>('PATCH', path, { ...more, body }),
    delete: <T>(path: string, more?: Call) => call<T>('DELETE', path, more),
    blob: (path: string, more?: Call) => call<Blob>('GET', path, { ...more, raw: true }),
    file: (path: string, body: unknown) => call<Blob>('POST', path, { body, raw: true }),
    upload: <T>(path: string, form: FormData, more?: Call) =>
      call<T>('POST', path, { ...more, form }),
  };
}

async function payload(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  return type.includes('json') ? response.json() : response.text();
}

function search(query: Call['query'] = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (!pairs.length) return '';
  return `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}
