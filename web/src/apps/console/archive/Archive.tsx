/** The archive: search and proof, one client, exports, holds, destruction, examiners, looks, audits, the log. Its words come with it. */
import { speak, t, type Word } from '../../../locales/archive';
import { t as common } from '../../../locales/console';
import { Loading, Segmented, useQuery as useAddress } from '../../../ui';
import { PageHead } from '../../Shell';
import { useMe } from '../../session';
import { useSpoken } from '../../spoken';
import { Client } from './Client';
import { Examiners, Looks } from './Examiners';
import { Audits, Log } from './Health';
import { Destructions, Exports, Holds } from './Keeping';
import { Records } from './Records';

const PARTS = [
  { id: 'search', roles: ['supervisor', 'examiner'], Part: Records },
  { id: 'client', roles: ['supervisor'], Part: Client },
  { id: 'exports', roles: ['supervisor', 'examiner'], Part: Exports },
  { id: 'holds', roles: ['supervisor'], Part: Holds },
  { id: 'destructions', roles: ['supervisor'], Part: Destructions },
  { id: 'examiners', roles: ['supervisor', 'examiner'], Part: Examiners },
  { id: 'looks', roles: ['supervisor'], Part: Looks },
  { id: 'audits', roles: ['supervisor', 'examiner', 'operator', 'administrator'], Part: Audits },
  { id: 'log', roles: ['supervisor', 'examiner', 'operator', 'administrator'], Part: Log },
] as const;

export default function Archive() {
  const me = useMe();
  const [address, change] = useAddress();
  const spoken = useSpoken(speak);
  const mine = PARTS.filter((one) => one.roles.some((role) => me.roles.includes(role)));
  const shown = mine.find((one) => one.id === address.get('part')) ?? mine[0];
  if (!spoken || !shown) return <Loading />;
  return (
    <>
      <PageHead title={common('nav.archive')}>
        <Segmented
          label={common('nav.archive')}
          selected={shown.id}
          onSelect={(id) => change({ part: id, r: null, q: null, client: null })}
          options={mine.map(({ id }) => ({ id, text: t(`part.${id}` as Word) }))}
        />
      </PageHead>
      <shown.Part />
    </>
  );
}
