/** What the lists of the console share: filters that live in the address, pages one after the other, which world is shown. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../locales/console';
import { SearchField, Segmented, useQuery as useAddress } from '../../ui';
import { Pager } from '../../ui/Pager';
import { type Option, Select } from '../../ui/Select';
import { api, useMe } from '../session';

type Answer<T, More> = More & {
  items: T[];
  next: string | null;
};

/** A list of the server's, page after page; `filters` are read from the address under the same names, `More` stands beside. */
export function useListing<T, More = unknown>(
  key: string,
  path: string,
  filters: readonly string[] = [],
  fixed: Record<string, string> = {},
  enabled = true,
  /** How soon (ms) it is asked again, by what it holds. */
  again?: (rows: T[]) => number | false,
) {
  const [address] = useAddress();
  const query: Record<string, string> = { limit: '50', ...fixed };
  for (const name of filters) {
    const value = address.get(name);
    if (value) query[name] = value;
  }
  const list = useInfiniteQuery({
    queryKey: [key, query],
    queryFn: ({ pageParam }) =>
      api.get<Answer<T, More>>(path, { ...query, after: pageParam || undefined }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: ({ state }) =>
      again?.(state.data?.pages.flatMap((part) => part.items) ?? []) ?? false,
  });
  return { ...list, rows: list.data?.pages.flatMap((part) => part.items) ?? [] };
}

/** The foot of such a list. */
export function More({ list }: { list: ReturnType<typeof useListing> }) {
  return list.rows.length ? (
    <Pager
      shown={list.rows.length}
      more={list.hasNextPage}
      busy={list.isFetchingNextPage}
      onMore={() => void list.fetchNextPage()}
    />
  ) : null;
}

/** The search of a list; what is typed goes into the address as `q`. */
export function Find({ label }: { label: string }) {
  const [address, change] = useAddress();
  const [typed, setTyped] = useState(address.get('q') ?? '');
  return (
    <SearchField
      label={label}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        change({ q: text });
      }}
    />
  );
}

/** One filter of a list: a value of the address by this name, or any. */
export function Choose(props: { name: string; label: string; any: string; options: Option[] }) {
  const [address, change] = useAddress();
  const { name, label, any, options } = props;
  return (
    <Select
      bare
      label={label}
      value={address.get(name) ?? 'any'}
      onChange={(id) => change({ [name]: id === 'any' ? null : id })}
      options={[{ id: 'any', text: any }, ...options]}
    />
  );
}

/** Which world is shown: real people, or those of a rehearsal, who are never among the real ones. */
export const useWorld = (): string => chosenWorld(useAddress()[0]);

/** The world that an address asks for. */
export const chosenWorld = (query: URLSearchParams): string => query.get('environment') ?? 'real';

/** Switches between the worlds where there is more than one: in a demonstration. `drop` closes what belongs to the other. */
export function WorldSwitch({ drop = [] }: { drop?: readonly string[] }) {
  const me = useMe();
  const [, change] = useAddress();
  const world = useWorld();
  if (!me.demo) return null;
  return (
    <Segmented
      label={t('environment')}
      selected={world}
      onSelect={(id) =>
        change({
          ...Object.fromEntries(drop.map((name) => [name, null])),
          environment: id === 'real' ? null : id,
        })
      }
      options={[
        { id: 'real', text: t('environment.real') },
        { id: 'simulated', text: t('environment.simulated') },
      ]}
    />
  );
}
