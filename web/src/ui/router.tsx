/** Addresses of an application below its base path: enough for a few routes, with no library. */
import {
  type AnchorHTMLAttributes,
  type ReactNode,
  startTransition,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';

let base = '';
const readers = new Set<() => void>();
const tell = () => {
  for (const reader of readers) reader();
};

/** Sets the base path, such as `/desk`; call once before the first render. */
export function routeBelow(path: string): void {
  base = path;
  addEventListener('popstate', tell);
}

/** Goes to a path of this application, such as `/clients?met=never`. */
export function navigate(path: string, replace = false): void {
  const url = base + path;
  if (url === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  tell();
}

/** The path below the base that the address names now, always with a leading slash; the page may still be on its way. */
export const here = (): string =>
  (location.pathname.startsWith(base) ? location.pathname.slice(base.length) : '') || '/';

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** The path that the address names, at once: what a press has chosen is shown as chosen before its page is there. */
export const useHere = (): string => useSyncExternalStore(subscribe, here);

/** The path of the page that is shown. Another page is drawn in slices: a press is answered before it is ready. */
export function usePath(): string {
  const [path, set] = useState(here);
  useEffect(() => {
    const follow = () => startTransition(() => set(here()));
    follow();
    return subscribe(follow);
  }, []);
  return path;
}

/** The query, and a setter that keeps the rest: filters live in the address. */
export function useQuery(): [URLSearchParams, (changes: Record<string, string | null>) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const query = new URLSearchParams(search);
  return [
    query,
    (changes) => {
      const next = new URLSearchParams(location.search);
      for (const [key, value] of Object.entries(changes)) {
        if (value === null || value === '') next.delete(key);
        else next.set(key, value);
      }
      navigate(`${here()}${next.size ? `?${next}` : ''}`, true);
    },
  ];
}

/** The parameters of `/conversations/:id` in a path, or null where it does not match. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? '');
    if (part.startsWith(':')) found[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return found;
}

export type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  to: string;
  children: ReactNode;
};

/** A link inside the application; a modified click opens a tab as usual. */
export function Link({ to, children, onClick, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={base + to}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
