/** Staff and licences: who works here, what each may do at this moment, and what runs out. */
import { useState } from 'react';
import { named } from '../../core/i18n';
import { t } from '../../locales/console';
import { Avatar, Button, Chip, Code, Coming, PageState, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { iPlus } from '../../ui/icons';
import { Select } from '../../ui/Select';
import { PageHead } from '../Shell';
import { useMe } from '../session';
import { CsvImport } from './CsvImport';
import { Choose, Find, More, useListing } from './listing';
import page from './page.module.css';
import { StaffForm } from './StaffForm';
import { StaffPanel } from './StaffPanel';
import css from './staff.module.css';
import { daysUntil, type Licence, type Member, ROLES, roleName, useBranches } from './staffing';

const FILTERS = ['q', 'role', 'branch', 'status', 'locked', 'expiring_days'];

export default function Staff() {
  const me = useMe();
  const admin = me.roles.includes('administrator');
  const [address, change] = useAddress();
  const [adding, setAdding] = useState(false);
  const [importing, setImporting] = useState(false);
  const list = useListing<Member>('staff', '/api/staff', FILTERS);
  const { rows } = list;
  const open = rows.find((row) => row.id === address.get('id'));
  return (
    <>
      <PageHead title={t('nav.staff')}>
        {admin ? (
          <>
            <Button onPress={() => setImporting(true)}>{t('import.open')}</Button>
            <Button kind="primary" icon={iPlus} onPress={() => setAdding(true)}>
              {t('staff.add')}
            </Button>
          </>
        ) : null}
      </PageHead>
      <div className={page.body}>
        <Filters />
        <Coming of={list} />
        {list.data ? (
          <div className={`${page.split} ${open ? page.open : ''}`}>
            <section className={page.card}>
              <Table rows={rows} selected={open?.id ?? null} onSelect={(id) => change({ id })} />
              <More list={list} />
            </section>
            {open ? (
              <StaffPanel
                key={open.id}
                member={open}
                admin={admin}
                onClose={() => change({ id: null })}
              />
            ) : null}
          </div>
        ) : null}
      </div>
      {adding ? <StaffForm onClose={() => setAdding(false)} /> : null}
      {importing ? (
        <CsvImport
          title={t('import.staff')}
          path="/api/staff/import"
          columns="login,name,name_en,employee_no,roles,branch,code,languages,topics,capacity"
          refresh="staff"
          onClose={() => setImporting(false)}
        />
      ) : null}
    </>
  );
}

function Filters() {
  const [address, change] = useAddress();
  const branches = useBranches();
  return (
    <div className={css.filters}>
      <Find label={t('staff.search')} />
      <Choose
        name="role"
        label={t('staff.role')}
        any={t('staff.role.any')}
        options={ROLES.map((role) => ({ id: role, text: roleName(role) }))}
      />
      <Choose
        name="branch"
        label={t('branch')}
        any={t('branch.any')}
        options={branches.map((one) => ({ id: one.id, text: named(one) }))}
      />
      <Select
        bare
        label={t('staff.state')}
        value={
          address.get('locked')
            ? 'locked'
            : address.get('expiring_days')
              ? 'expiring'
              : (address.get('status') ?? 'any')
        }
        onChange={(id) =>
          change({
            status: ['active', 'suspended', 'left'].includes(id) ? id : null,
            locked: id === 'locked' ? 'true' : null,
            expiring_days: id === 'expiring' ? '60' : null,
          })
        }
        options={[
          { id: 'any', text: t('staff.state.any') },
          ...(['active', 'suspended', 'left', 'locked', 'expiring'] as const).map((id) => ({
            id,
            text: t(`staff.state.${id}`),
          })),
        ]}
      />
    </div>
  );
}

function Table(props: { rows: Member[]; selected: string | null; onSelect: (id: string) => void }) {
  return (
    <DataTable
      caption={t('nav.staff')}
      rows={props.rows}
      rowKey={(row) => row.id}
      selected={props.selected}
      onSelect={(row) => props.onSelect(row.id)}
      empty={<PageState kind="empty" title={t('staff.none')} />}
      columns={[
        {
          id: 'name',
          head: t('staff.name'),
          grow: true,
          cell: (row) => (
            <span className={css.person}>
              <Avatar name={row.name} photo={row.photo} size={28} />
              <span>
                <b>
                  {named(row)} <World of={row.environment} />
                </b>
                <span className={page.meta}>{row.login}</span>
              </span>
            </span>
          ),
        },
        {
          id: 'roles',
          head: t('staff.role'),
          cell: (row) => row.roles.map(roleName).join(t('list.between')),
        },
        { id: 'branch', head: t('branch'), cell: (row) => named(row.branch) },
        {
          id: 'code',
          head: t('staff.code'),
          cell: (row) => (row.code ? <Code>{row.code}</Code> : '–'),
        },
        {
          id: 'licences',
          head: t('staff.licences'),
          cell: (row) => <Licences licences={row.licences} />,
        },
        { id: 'state', head: t('staff.state'), cell: (row) => <State member={row} /> },
      ]}
    />
  );
}

/** The mark of people who are not real. */
export function World({ of }: { of: string }) {
  return of === 'real' ? null : (
    <Chip tone="machine">{t(`environment.${of}` as 'environment.simulated')}</Chip>
  );
}

/** What is wrong with the licences comes first; otherwise how many count today. */
function Licences({ licences }: { licences: Licence[] }) {
  if (!licences.length) return '–';
  const broken = licences.filter((one) => !one.valid);
  const soon = licences.filter((one) => one.valid && daysUntil(one.valid_to) <= 60);
  if (broken.length) {
    return <Chip tone="stop">{t('licence.broken', { n: broken.length })}</Chip>;
  }
  if (soon.length) return <Chip tone="nudge">{t('licence.soon', { n: soon.length })}</Chip>;
  return t('licence.count', { n: licences.length });
}

export function State({ member }: { member: Member }) {
  if (member.status === 'left') return <Chip>{t('staff.state.left')}</Chip>;
  if (member.status === 'suspended') {
    return <Chip tone="stop">{t('staff.state.suspended')}</Chip>;
  }
  if (member.locked_at) return <Chip tone="stop">{t('staff.state.locked')}</Chip>;
  if (!member.has_password) return <Chip tone="nudge">{t('staff.state.invited')}</Chip>;
  return <Chip tone="go">{t('staff.state.active')}</Chip>;
}
