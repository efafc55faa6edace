import { beforeEach, describe, expect, it, vi } from 'vitest';

const fetched = vi.fn<(path: string, more?: RequestInit) => Promise<Response>>();
const GET = { method: 'GET' };
let early: typeof import('./early');

beforeEach(async () => {
  vi.resetModules();
  fetched.mockReset();
  fetched.mockImplementation(() => Promise.resolve(new Response(null, { status: 401 })));
  vi.stubGlobal('fetch', fetched);
  early = await import('./early');
});

describe('what is asked early', () => {
  it('is taken up once, and asked anew after that', async () => {
    await early.ask('/api/me');
    await early.fetchOnce('/api/me', GET);
    expect(fetched).toHaveBeenCalledTimes(1);
    await early.fetchOnce('/api/me', GET);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('leaves no old answer behind where the application was there first', async () => {
    await early.fetchOnce('/api/me', GET);
    expect(await early.ask('/api/me')).toBe(null);
    fetched.mockImplementation(() => Promise.resolve(new Response('{}')));
    expect((await early.fetchOnce('/api/me', GET)).status).toBe(200);
  });

  it('is no more than the person may see', async () => {
    const signedIn = (roles: string[]) =>
      fetched.mockImplementation(() => Promise.resolve(Response.json({ roles })));
    signedIn(['partner_staff']);
    await early.askFor(['/api/pool'], 'partner_staff');
    expect(fetched.mock.calls.map(([path]) => path)).toEqual(['/api/me']);
    signedIn(['advisor', 'partner_staff']);
    await early.askFor(['/api/pool'], 'partner_staff');
    expect(fetched.mock.calls.at(-1)?.[0]).toBe('/api/pool');
    expect((await early.fetchOnce('/api/me', GET)).bodyUsed).toBe(false);
  });
});
