/** One member of staff: rights at this moment, licences, and what an administrator may do. */
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { isoDay } from '../../core/format';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import { t } from '../../locales/console';
import { Button, Chip, Code, Dialog, IconButton, toast } from '../../ui';
import { TextField } from '../../ui/Fields';
import { iX } from '../../ui/icons';
import { api } from '../session';
import { queries } from '../start';
import { LicenceForm } from './LicenceForm';
import page from './page.module.css';
import { State, World } from './Staff';
import { StaffForm } from './StaffForm';
import css from './staff.module.css';
import { daysUntil, type Licence, type Member, roleName, topicName } from './staffing';

type Ending = 'suspend' | 'reinstate';
type Doing = 'edit' | 'licence' | 'leave' | Ending | null;

const LeaveDialog = lazy(() => import('./LeaveDialog'));

const refresh = () => queries.invalidateQueries({ queryKey: ['staff'] });
const complain = (error: unknown) =>
  toast(error instanceof ApiError ? error.detail : t('error.title'));

export function StaffPanel(props: { member: Member; admin: boolean; onClose: () => void }) {
  const { member, admin, onClose } = props;
  const [doing, setDoing] = useState<Doing>(null);
  const [link, setLink] = useState<string | null>(null);
  const act = useMutation({
    mutationFn: (verb: string) => api.post<{ url?: string }>(`/api/staff/${member.id}/${verb}`),
    onSuccess: (answer, verb) => {
      if (verb === 'invite' && answer.url) setLink(answer.url);
      void refresh();
    },
    onError: complain,
  });
  const gone = member.status === 'left';
  return (
    <aside className={`${page.card} ${page.side}`} aria-label={named(member)}>
      <header className={page.cardHead}>
        <h2>{named(member)}</h2>
        <World of={member.environment} />
        <State member={member} />
        <IconButton icon={iX} label={t('close')} onPress={onClose} />
      </header>
      <dl className={css.facts}>
        <Fact name={t('staff.role')}>{member.roles.map(roleName).join(t('list.between'))}</Fact>
        <Fact name={t('branch')}>{named(member.branch)}</Fact>
        {member.code ? (
          <Fact name={t('staff.code')}>
            <Code>{member.code}</Code>{' '}
            <a href={`/verify/${member.code}`} target="_blank" rel="noreferrer">
              {t('staff.verify')}
            </a>
          </Fact>
        ) : null}
        <Fact name={t('staff.may')}>
          {member.capabilities.length
            ? member.capabilities
                .map((one) => t(`may.${one}` as 'may.advise'))
                .join(t('list.between'))
            : t('may.nothing')}
        </Fact>
        {member.topics.length ? (
          <Fact name={t('staff.topics')}>
            {member.topics.map(topicName).join(t('list.between'))}
          </Fact>
        ) : null}
        <Fact name={t('staff.signin')}>
          {member.locked_at
            ? t('signin.locked', { at: isoDay(member.locked_at) })
            : !member.has_password
              ? t('signin.invited')
              : member.has_totp
                ? t('signin.ready')
                : t('signin.nototp')}
          {member.password_set_at ? (
            <div className={page.meta}>
              {t('signin.since', { day: isoDay(member.password_set_at) })}
            </div>
          ) : null}
        </Fact>
      </dl>
      <h3 className={css.heading}>{t('staff.licences')}</h3>
      <div className={page.list}>
        {member.licences.length === 0 ? (
          <p className={`${page.meta} ${page.pad}`}>{t('licence.none')}</p>
        ) : null}
        {member.licences.map((one) => (
          <LicenceRow key={one.id} licence={one} admin={admin && !gone} />
        ))}
      </div>
      {admin && !gone ? (
        <footer className={css.actions}>
          <Button onPress={() => setDoing('edit')}>{t('staff.edit')}</Button>
          <Button onPress={() => setDoing('licence')}>{t('licence.add')}</Button>
          <Button onPress={() => act.mutate('invite')} isDisabled={act.isPending}>
            {member.has_password ? t('staff.reinvite') : t('staff.invite')}
          </Button>
          {member.locked_at ? (
            <Button onPress={() => act.mutate('unlock')}>{t('staff.unlock')}</Button>
          ) : (
            <Button onPress={() => act.mutate('lock')}>{t('staff.lock')}</Button>
          )}
          {member.has_totp ? (
            <Button onPress={() => act.mutate('reset-totp')}>{t('staff.resettotp')}</Button>
          ) : null}
          {member.status === 'suspended' ? (
            <Button onPress={() => setDoing('reinstate')}>{t('staff.reinstate')}</Button>
          ) : (
            <Button onPress={() => setDoing('suspend')}>{t('staff.suspend')}</Button>
          )}
          <Button onPress={() => setDoing('leave')}>{t('staff.leave')}</Button>
        </footer>
      ) : null}
      {doing === 'edit' ? <StaffForm member={member} onClose={() => setDoing(null)} /> : null}
      {doing === 'licence' ? (
        <LicenceForm staff={member.id} onClose={() => setDoing(null)} />
      ) : null}
      {doing === 'suspend' || doing === 'reinstate' ? (
        <Reason member={member} verb={doing} onClose={() => setDoing(null)} />
      ) : null}
      {doing === 'leave' ? (
        <Suspense>
          <LeaveDialog member={member} onClose={() => setDoing(null)} />
        </Suspense>
      ) : null}
      {link ? <Invitation link={link} onClose={() => setLink(null)} /> : null}
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LicenceRow({ licence, admin }: { licence: Licence; admin: boolean }) {
  const set = useMutation({
    mutationFn: (status: string) => api.patch(`/api/licences/${licence.id}`, { status }),
    onSuccess: refresh,
    onError: complain,
  });
  const left = daysUntil(licence.valid_to);
  const tone = !licence.valid ? 'stop' : left <= 60 ? 'nudge' : 'go';
  const state =
    licence.status !== 'active'
      ? t(`licence.${licence.status}`)
      : left < 0
        ? t('licence.expired')
        : left <= 60
          ? t('licence.days', { n: left })
          : t('licence.valid');
  return (
    <div className={page.item}>
      <span className={page.itemTop}>
        <b>{t(`licence.type.${licence.type}` as 'licence.type.fund')}</b>
        <Chip tone={tone}>{state}</Chip>
      </span>
      <span className={page.itemTop}>
        <span className={page.meta}>
          <Code>{licence.number}</Code> · {licence.valid_from} – {licence.valid_to}
        </span>
        {admin && licence.status !== 'revoked' ? (
          <button
            type="button"
            className={page.link}
            onClick={() => set.mutate(licence.status === 'active' ? 'suspended' : 'active')}
          >
            {licence.status === 'active' ? t('licence.suspend') : t('licence.restore')}
          </button>
        ) : null}
      </span>
    </div>
  );
}

/** Suspending ends rights at once: the consequences are said before, and a reason is kept. */
function Reason(props: { member: Member; verb: Ending; onClose: () => void }) {
  const { member, verb, onClose } = props;
  const [reason, setReason] = useState('');
  const go = useMutation({
    mutationFn: () => api.post(`/api/staff/${member.id}/${verb}`, { reason }),
    onSuccess: () => {
      void refresh();
      onClose();
    },
    onError: complain,
  });
  return (
    <Dialog
      open
      title={t(`staff.${verb}.title`, { name: named(member) })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind={verb === 'reinstate' ? 'primary' : 'danger'}
            isDisabled={!reason.trim() || go.isPending}
            onPress={() => go.mutate()}
          >
            {t(`staff.${verb}`)}
          </Button>
        </>
      }
    >
      <p>{t(`staff.${verb}.text`)}</p>
      <TextField
        label={t('reason')}
        value={reason}
        onChange={setReason}
        maxLength={500}
        autoFocus
      />
    </Dialog>
  );
}

function Invitation({ link, onClose }: { link: string; onClose: () => void }) {
  return (
    <Dialog
      open
      title={t('invite.title')}
      onClose={onClose}
      actions={
        <Button
          kind="primary"
          onPress={() => {
            void navigator.clipboard?.writeText(link);
            toast(t('invite.copied'));
          }}
        >
          {t('invite.copy')}
        </Button>
      }
    >
      <p>{t('invite.text')}</p>
      <p className={css.linkText}>
        <Code>{link}</Code>
      </p>
    </Dialog>
  );
}
