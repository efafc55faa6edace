/** Adding or changing a member of staff. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import { topics } from '../../core/topics';
import { t } from '../../locales/console';
import { Button, Drawer } from '../../ui';
import { Checkbox, TextField } from '../../ui/Fields';
import { Select } from '../../ui/Select';
import { api } from '../session';
import { queries } from '../start';
import css from './staff.module.css';
import { type Member, ROLES, roleName, topicName, useBranches } from './staffing';

const toggled = (list: string[], one: string): string[] =>
  list.includes(one) ? list.filter((each) => each !== one) : [...list, one];

export function StaffForm({ member, onClose }: { member?: Member; onClose: () => void }) {
  const branches = useBranches();
  const [form, setForm] = useState({
    login: member?.login ?? '',
    name: member?.name ?? '',
    name_en: member?.name_en ?? '',
    employee_no: member?.employee_no ?? '',
    code: member?.code ?? '',
    branch: member?.branch.id ?? '',
    roles: member?.roles ?? ['advisor'],
    languages: member?.languages ?? ['zh-CN'],
    topics: member?.topics ?? [],
    capacity: String(member?.capacity ?? 4),
  });
  const set = (key: keyof typeof form) => (value: string) => setForm({ ...form, [key]: value });
  const flip = (key: 'roles' | 'languages' | 'topics', one: string) =>
    setForm({ ...form, [key]: toggled(form[key], one) });
  const save = useMutation({
    mutationFn: () => {
      const body = {
        ...form,
        capacity: Number(form.capacity),
        employee_no: form.employee_no || null,
        code: form.code || null,
      };
      return member ? api.patch(`/api/staff/${member.id}`, body) : api.post('/api/staff', body);
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['staff'] });
      onClose();
    },
  });
  const failed = save.error instanceof ApiError ? save.error.detail : undefined;
  const ready =
    form.login && form.name && form.branch && form.roles.length && form.languages.length;
  return (
    <Drawer
      open
      title={member ? t('staff.edit.title', { name: named(member) }) : t('staff.add')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!ready || save.isPending}
            onPress={() => save.mutate()}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        {failed ? (
          <p role="alert" className={css.failed}>
            {failed}
          </p>
        ) : null}
        <TextField label={t('staff.login')} value={form.login} onChange={set('login')} isRequired />
        <TextField label={t('staff.name')} value={form.name} onChange={set('name')} isRequired />
        <TextField label={t('staff.nameen')} value={form.name_en} onChange={set('name_en')} />
        <TextField
          label={t('staff.employee')}
          value={form.employee_no}
          onChange={set('employee_no')}
        />
        <Select
          label={t('branch')}
          value={form.branch || null}
          onChange={set('branch')}
          options={branches.map((one) => ({ id: one.id, text: named(one) }))}
        />
        <TextField
          label={t('staff.code')}
          help={t('staff.code.help')}
          value={form.code}
          onChange={set('code')}
        />
        <Choices
          legend={t('staff.role')}
          all={ROLES}
          on={form.roles}
          name={roleName}
          flip={(one) => flip('roles', one)}
        />
        <Choices
          legend={t('staff.languages')}
          all={['zh-CN', 'en']}
          on={form.languages}
          name={(one) => (one === 'en' ? 'English' : '中文')}
          flip={(one) => flip('languages', one)}
        />
        <Choices
          legend={t('staff.topics')}
          all={topics}
          on={form.topics}
          name={topicName}
          flip={(one) => flip('topics', one)}
        />
        <TextField
          label={t('staff.capacity')}
          help={t('staff.capacity.help')}
          inputMode="numeric"
          value={form.capacity}
          onChange={set('capacity')}
        />
      </div>
    </Drawer>
  );
}

function Choices(props: {
  legend: string;
  all: readonly string[];
  on: string[];
  name: (one: string) => string;
  flip: (one: string) => void;
}) {
  return (
    <fieldset className={css.choices}>
      <legend>{props.legend}</legend>
      {props.all.map((one) => (
        <Checkbox key={one} isSelected={props.on.includes(one)} onChange={() => props.flip(one)}>
          {props.name(one)}
        </Checkbox>
      ))}
    </fieldset>
  );
}
