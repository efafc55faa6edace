/** Somebody leaves: which clients go to whom, one or all of them chosen otherwise, and then everything of his ends. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import { t as own, speak } from '../../locales/changes';
import { t } from '../../locales/console';
import { Button, Dialog, ErrorState, Loading, toast } from '../../ui';
import { TextField } from '../../ui/Fields';
import { api } from '../session';
import { useSpoken } from '../spoken';
import { queries } from '../start';
import { HeirSelect, Heirs, type Line } from './heirs';
import css from './staff.module.css';
import type { Member } from './staffing';

const NOBODY = 'nothing_to_hand_over';

export default function LeaveDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const spoken = useSpoken(speak);
  const [reason, setReason] = useState('');
  const [heir, setHeir] = useState('rule');
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const seen = useQuery({
    queryKey: ['leaving', member.id, heir],
    queryFn: () =>
      api
        .post<{ lines: Line[]; clients: number }>('/api/handovers', {
          staff: member.id,
          reason: 'staff_left',
          successor: heir === 'rule' ? null : heir,
          dry_run: true,
        })
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.code === NOBODY) return { lines: [], clients: 0 };
          throw error;
        }),
  });
  const lines = seen.data?.lines ?? [];
  const everybody = heir === 'rule' ? {} : all(lines, heir);
  const go = useMutation({
    mutationFn: () =>
      api.post<{ dissolved: number }>(`/api/staff/${member.id}/leave`, {
        reason,
        chosen: { ...everybody, ...chosen },
      }),
    onSuccess: ({ dissolved }) => {
      toast(own('leave.done', { name: named(member), n: dissolved }));
      for (const key of ['staff', 'handovers', 'connections'])
        void queries.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => toast(error instanceof ApiError ? error.detail : t('error.title')),
  });
  return (
    <Dialog
      open
      title={t('staff.leave.title', { name: named(member) })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="danger"
            isDisabled={!reason.trim() || seen.isPending || go.isPending}
            onPress={() => go.mutate()}
          >
            {t('staff.leave')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p>{t('staff.leave.text')}</p>
        <TextField
          label={t('reason')}
          value={reason}
          onChange={setReason}
          maxLength={200}
          autoFocus
        />
        {seen.isError ? (
          <ErrorState error={seen.error} onRetry={() => void seen.refetch()} />
        ) : seen.isPending || !spoken ? (
          <Loading rows={3} />
        ) : lines.length === 0 ? (
          <p>{own('leave.nobody')}</p>
        ) : (
          <>
            <HeirSelect
              label={own('leave.all', { n: seen.data.clients })}
              value={heir}
              onChange={(id) => {
                setHeir(id);
                setChosen({});
              }}
              first={{ id: 'rule', text: t('connections.byrule') }}
              but={member.id}
            />
            <Heirs
              lines={lines}
              but={member.id}
              chosen={chosen}
              onChoose={(client, id) => setChosen({ ...chosen, [client]: id })}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Everybody of these lines who may be handed over, to one colleague. */
const all = (lines: Line[], heir: string): Record<string, string> =>
  Object.fromEntries(lines.filter((one) => one.successor).map((one) => [one.client.id, heir]));
