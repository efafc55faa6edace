/** Files on their way: uploaded at once, sent with the message, each removable; a refusal says why. */
import { useState } from 'react';
import { ApiError } from '../../../core/http';
import type { Attachment } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { Icon, IconButton } from '../../../ui';
import { iDoc, iImg, iX } from '../../../ui/icons';
import { api } from '../../session';
import css from './Composer.module.css';

interface Upload {
  id: number;
  name: string;
  preview: string;
  done: Attachment | null;
  problem: string;
}

export interface Files {
  list: readonly Upload[];
  done: Attachment[];
  busy: boolean;
  add: (files: readonly File[]) => void;
  remove: (id: number) => void;
  clear: () => void;
}

let count = 0;

export function useUploads(conversation: string): Files {
  const [list, setList] = useState<readonly Upload[]>([]);
  const change = (id: number, next: Partial<Upload>) =>
    setList((all) => all.map((one) => (one.id === id ? { ...one, ...next } : one)));
  const add = (files: readonly File[]) => {
    for (const file of files) {
      count += 1;
      const id = count;
      const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : '';
      setList((all) => [...all, { id, name: file.name, preview, done: null, problem: '' }]);
      const form = new FormData();
      form.append('file', file);
      api.upload<Attachment>(`/api/conversations/${conversation}/attachments`, form).then(
        (done) => change(id, { done }),
        (error: unknown) =>
          change(id, {
            problem:
              error instanceof ApiError && error.code !== 'network'
                ? error.detail
                : t('composer.upload.failed', { name: file.name }),
          }),
      );
    }
  };
  const drop = (gone: readonly Upload[]) => {
    for (const one of gone) if (one.preview) URL.revokeObjectURL(one.preview);
  };
  return {
    list,
    done: list.flatMap((one) => (one.done ? [one.done] : [])),
    busy: list.some((one) => !one.done && !one.problem),
    add,
    remove: (id) => {
      drop(list.filter((one) => one.id === id));
      setList((all) => all.filter((one) => one.id !== id));
    },
    clear: () => {
      drop(list);
      setList([]);
    },
  };
}

export function Uploads({ files }: { files: Files }) {
  if (!files.list.length) return null;
  return (
    <ul className={css.files}>
      {files.list.map((one) => (
        <li key={one.id} className={one.problem ? css.failed : ''}>
          {one.preview ? (
            <img className={css.thumb} src={one.preview} alt="" />
          ) : (
            <Icon of={one.problem ? iImg : iDoc} size={16} />
          )}
          <span className={css.fileName}>
            {one.problem || (one.done ? one.name : t('composer.uploading', { name: one.name }))}
          </span>
          <IconButton
            icon={iX}
            size="xs"
            label={t('composer.remove', { name: one.name })}
            onPress={() => files.remove(one.id)}
          />
        </li>
      ))}
    </ul>
  );
}
