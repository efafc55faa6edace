/** The live board: who waits, since when, and who is free. */
import { useQuery } from '@tanstack/react-query';
import { t } from '../../locales/console';
import { ErrorState, Loading, PageState } from '../../ui';
import { PageHead } from '../Shell';
import { api } from '../session';

export default function Board() {
  const board = useQuery({
    queryKey: ['board'],
    queryFn: () => api.get<{ waiting: number }>('/api/board'),
    refetchInterval: 5_000,
  });
  return (
    <>
      <PageHead title={t('nav.board')} />
      {board.isPending ? <Loading /> : null}
      {board.isError ? (
        <ErrorState error={board.error} onRetry={() => void board.refetch()} />
      ) : null}
      {board.data?.waiting === 0 ? (
        <PageState kind="empty" title={t('board.empty.title')}>
          {t('board.empty.text')}
        </PageState>
      ) : null}
    </>
  );
}
