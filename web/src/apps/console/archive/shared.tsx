/** What the parts of the archive share: a list of the server's, an act with its refusal shown, a file to be kept. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../../../core/http';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/archive';
import { t as common } from '../../../locales/console';
import { ErrorState, Loading, toast } from '../../../ui';
import { api, useMe } from '../../session';
import { queries } from '../../start';
import page from '../page.module.css';

/** A list of the custody of the record; looked at again every few seconds while `live`. */
export function useList<T>(name: string, live = false) {
  return useQuery({
    queryKey: ['custody', name],
    queryFn: () => api.get<{ items: T[] }>(`/api/custody/${name}`),
    refetchInterval: live ? 3_000 : false,
  });
}

interface Member {
  id: string;
  name: string;
  name_en?: string | null;
  login: string;
}

/** Members of staff; nobody is asked for by who may not see them. */
export function useStaff(role?: string) {
  const enabled = useMe().roles.includes('supervisor');
  return useQuery({
    enabled,
    queryKey: ['custody', 'staff', role ?? ''],
    queryFn: () =>
      api.get<{ items: Member[] }>('/api/staff', { limit: 200, ...(role ? { role } : {}) }),
  });
}

/** The names of staff by their ids. */
export const useNames = (role?: string) =>
  new Map((useStaff(role).data?.items ?? []).map((one) => [one.id, named(one)]));

export function Listed<T>(props: {
  list: ReturnType<typeof useList<T>>;
  children: (rows: T[]) => ReactNode;
}) {
  const { list } = props;
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  return <section className={page.card}>{props.children(list.data.items)}</section>;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A client's id, whether it or the number at the broker is given; refused where nobody has it. */
export async function clientOf(text: string): Promise<string> {
  const given = text.trim();
  if (ID.test(given)) return given;
  return (await api.get<{ id: string }>('/api/custody/clients', { ref: given })).id;
}

/** The same, or null for everybody where nothing is given. */
export const anyClient = async (text: string | undefined): Promise<string | null> =>
  text?.trim() ? clientOf(text) : null;

const DAY = 86_400_000;
const LATE = 2 ** 50;
/** The first moment of a day here. */
const start = (text: string | undefined) => (text ? new Date(`${text}T00:00:00`).getTime() : null);
/** The moment after a day, or null where none is given. */
export const after = (text: string | undefined) => {
  const first = start(text);
  return first === null ? null : first + DAY;
};

/** A time between two days that were given, both included; without one of them it is open there. */
export const between = (given: Record<string, string>) => ({
  from: start(given['grant.from']) ?? 0,
  until: after(given['grant.to']) ?? LATE,
});

/** Whether a time has no end. */
export const isOpen = (until: number) => until >= LATE;

/** An act on the server; what it refuses is said, what it changes is asked for again. */
export function useAct<In>(work: (given: In) => Promise<unknown>, silent = false) {
  return useMutation({
    mutationFn: work,
    onSuccess: () => (silent ? undefined : toast(t('done'))),
    onSettled: () => queries.invalidateQueries({ queryKey: ['custody'] }),
    onError: (error) => toast(error instanceof ApiError ? error.detail : common('error.title')),
  });
}

/** Hands a file to the browser. */
export function keep(content: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
