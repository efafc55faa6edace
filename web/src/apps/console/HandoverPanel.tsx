/** One hand-over: its clients by name, to whom each goes, what he said and how it ended; another successor until its day. */
import { useMutation } from '@tanstack/react-query';
import { moment } from '../../core/format';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import { t as own } from '../../locales/changes';
import { t } from '../../locales/console';
import { ErrorState, IconButton, Loading, toast } from '../../ui';
import { iX } from '../../ui/icons';
import { api, useMe } from '../session';
import { queries } from '../start';
import { HeirSelect, Heirs, type Line } from './heirs';
import css from './heirs.module.css';
import { More, useListing } from './listing';
import page from './page.module.css';

export function HandoverPanel(props: {
  id: string;
  staff: { id: string; name: string; name_en: string };
  /** Who planned it, and when; null: the platform, after news of a leaver. */
  by: { name: string; name_en: string } | null;
  at: number;
  planned: boolean;
  /** How soon (ms) it is read again while something moves, or never. */
  again: number | false;
  onClose: () => void;
}) {
  const { id, staff, by, at, planned, again, onClose } = props;
  const may = useMe().roles.includes('administrator') && planned;
  const list = useListing<Line>(
    'handover-clients',
    `/api/handovers/${id}/clients`,
    [],
    {},
    true,
    () => again,
  );
  const redirect = useMutation({
    mutationFn: (body: { successor: string; clients?: string[] }) =>
      api.post(`/api/handovers/${id}/successor`, body),
    onSuccess: () => toast(own('handover.redirected')),
    onError: (error) => toast(error instanceof ApiError ? error.detail : t('error.title')),
    onSettled: () => {
      for (const key of ['handovers', 'handover-clients'])
        void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  const title = own('handover.of', { name: named(staff) });
  return (
    <aside className={`${page.card} ${page.side}`} aria-label={title}>
      <header className={page.cardHead}>
        <h2>{title}</h2>
        <IconButton icon={iX} label={t('close')} onPress={onClose} />
      </header>
      <p className={`${page.meta} ${page.pad}`}>
        {by
          ? own('handover.by', { name: named(by), at: moment(at) })
          : own('handover.by.platform', { at: moment(at) })}
      </p>
      {list.isPending ? <Loading rows={3} /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data ? (
        <div className={css.rest}>
          {may ? (
            <HeirSelect
              label={own('handover.all')}
              placeholder={own('handover.all.choose')}
              value={null}
              isDisabled={redirect.isPending}
              onChange={(successor) => redirect.mutate({ successor })}
              but={staff.id}
            />
          ) : null}
          <Heirs
            lines={list.rows}
            but={staff.id}
            {...(may
              ? {
                  onChoose: (client: string, successor: string) =>
                    redirect.mutate({ successor, clients: [client] }),
                }
              : {})}
          />
        </div>
      ) : null}
      <More list={list} />
    </aside>
  );
}
