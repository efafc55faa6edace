/** The grab pool as a page. */
import { t } from '../../../locales/desk';
import { PageHead } from '../../Shell';
import { MyState } from '../list/MyState';
import { PoolList } from './PoolList';

export function PoolPage() {
  return (
    <>
      <PageHead title={t('nav.pool')}>
        <MyState />
      </PageHead>
      <PoolList />
    </>
  );
}
