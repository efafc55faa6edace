/** Whether I take offers, and how many conversations more: the pill, and its change on the server. */
import { useMutation } from '@tanstack/react-query';
import { language } from '../../../core/i18n';
import type { Presence } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { StatusPill, toast } from '../../../ui';
import { useWide } from '../../../ui/useWide';
import { api } from '../../session';
import { queries } from '../../start';
import { keys, type PresenceNow, usePresence } from '../data';
import { useLineState } from '../line';
import css from './MyState.module.css';

/** Tells the server what I take from now on; the pill shows it at once and goes back on a refusal. */
export async function say(status: Presence, capacity?: number): Promise<void> {
  const before = queries.getQueryData<PresenceNow>(keys.presence);
  if (before) {
    queries.setQueryData<PresenceNow>(keys.presence, {
      ...before,
      status,
      capacity: capacity ?? before.capacity,
    });
  }
  try {
    const now = await api.put<PresenceNow>('/api/presence', { status, capacity });
    if (typeof now?.used === 'number') queries.setQueryData(keys.presence, now);
  } catch {
    queries.setQueryData(keys.presence, before);
    toast(t('presence.failed'));
  }
}

export function MyState() {
  const presence = usePresence();
  const line = useLineState();
  const wide = useWide(1024);
  const change = useMutation({ mutationFn: (status: Presence) => say(status) });
  if (!presence.data) return <span className={css.place} />;
  const { status, used, capacity } = presence.data;
  return (
    <span className={css.place}>
      <StatusPill
        status={line === 'offline' ? 'off' : status}
        used={used}
        capacity={capacity}
        compact={capacity > (language() === 'en' ? (wide ? 6 : 4) : wide ? 8 : 6)}
        onChange={(next) => change.mutate(next)}
      />
    </span>
  );
}
