/** Where a message is written. Enter sends with a keyboard and breaks the line on a phone; an input method keeps its Enter. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { ApiError } from '../core/http';
import type { Attachment, Body } from '../core/protocol';
import { t } from '../locales/chat';
import { Icon } from '../ui/Icon';
import { iClip, iDoc, iSend, iX } from '../ui/icons';
import css from './Composer.module.css';
import { composing } from './hooks';

const LONGEST = 8_000;

export interface ComposerProps {
  text: string;
  onText: (text: string) => void;
  onSend: (body: Body) => void;
  onTyping?: () => void;
  /** Uploads a file; without it there is no clip. */
  upload?: (file: File) => Promise<Attachment>;
  placeholder?: string;
  /** A message of one's own that is being changed. */
  editing?: { onCancel: () => void } | null;
  /** Stands above the text inside the box: a verdict, suggestions. */
  above?: ReactNode;
  /** Stands beside the clip. */
  tools?: ReactNode;
  /** Sending is not possible now: a block, a dissolved connection. */
  blocked?: boolean;
  sendLabel?: string;
  autoFocus?: boolean;
  onKey?: (event: { key: string; preventDefault: () => void }) => void;
}

interface Upload {
  id: number;
  name: string;
  done: Attachment | null;
  problem: string;
}

let uploads = 0;

export function Composer(props: ComposerProps) {
  const { text, onText, onSend, onTyping, upload, editing, blocked, autoFocus } = props;
  const [files, setFiles] = useState<Upload[]>([]);
  const box = useRef<HTMLTextAreaElement>(null);
  const pick = useRef<HTMLInputElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, 168)}px`;
  }, [text]);
  useEffect(() => {
    if (autoFocus || editing) box.current?.focus({ preventScroll: true });
  }, [autoFocus, editing]);

  const ready = files.every((file) => file.done || file.problem);
  const attachments = files.flatMap((file) => (file.done ? [file.done] : []));
  const long = text.length > LONGEST;
  const can = !blocked && !long && ready && (text.trim() !== '' || attachments.length > 0);
  const send = () => {
    if (!can) return;
    onSend({ text: text.trim(), ...(attachments.length ? { attachments } : {}) });
    setFiles([]);
    box.current?.focus({ preventScroll: true });
  };
  const add = (list: Iterable<File>) => {
    if (!upload) return;
    for (const file of list) {
      uploads += 1;
      const id = uploads;
      const change = (next: Partial<Upload>) =>
        setFiles((all) => all.map((one) => (one.id === id ? { ...one, ...next } : one)));
      setFiles((all) => [...all, { id, name: file.name, done: null, problem: '' }]);
      upload(file).then(
        (done) => change({ done }),
        (error: unknown) =>
          change({ problem: error instanceof ApiError ? error.detail : String(error) }),
      );
    }
  };

  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {editing ? (
        <div className={css.editing}>
          <span>{t('composer.editing')}</span>
          <button type="button" className={css.quiet} onClick={editing.onCancel}>
            {t('composer.cancel')}
          </button>
        </div>
      ) : null}
      {props.above}
      {files.length ? (
        <ul className={css.files}>
          {files.map((file) => (
            <li key={file.id} className={file.problem ? css.failed : ''}>
              <Icon of={iDoc} size={16} />
              <span className={css.name}>
                {file.problem ||
                  (file.done ? file.name : t('composer.uploading', { name: file.name }))}
              </span>
              <button
                type="button"
                className={css.small}
                aria-label={t('composer.remove', { name: file.name })}
                onClick={() => setFiles((all) => all.filter((one) => one.id !== file.id))}
              >
                <Icon of={iX} size={14} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {long ? (
        <p className={css.long} role="status">
          {t('composer.long')}
        </p>
      ) : null}
      <div className={css.row}>
        {upload && !editing ? (
          <>
            <button
              type="button"
              className={css.clip}
              aria-label={t('composer.attach')}
              title={t('composer.attach')}
              onClick={() => pick.current?.click()}
            >
              <Icon of={iClip} />
            </button>
            <input
              ref={pick}
              type="file"
              hidden
              multiple
              tabIndex={-1}
              accept="image/png,image/jpeg,image/webp,image/gif,application/pdf"
              onInput={(event) => {
                add([...(event.currentTarget.files ?? [])]);
                event.currentTarget.value = '';
              }}
            />
          </>
        ) : null}
        {props.tools}
        <textarea
          ref={box}
          className={css.text}
          rows={1}
          value={text}
          aria-label={t('composer.label')}
          placeholder={props.placeholder ?? t('composer.label')}
          onInput={(event) => {
            onText(event.currentTarget.value);
            if (event.currentTarget.value) onTyping?.();
          }}
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])];
            if (!pasted.length || !upload) return;
            event.preventDefault();
            add(pasted);
          }}
          onKeyDown={(event) => {
            if (composing(event)) return;
            props.onKey?.(event);
            if (event.key === 'Escape' && editing) editing.onCancel();
            if (event.key !== 'Enter' || event.shiftKey || event.defaultPrevented) return;
            if (matchMedia('(pointer: coarse)').matches && !event.ctrlKey && !event.metaKey) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          className={`${css.send} ${can ? css.can : ''}`}
          disabled={!can}
          aria-label={props.sendLabel ?? t(editing ? 'composer.save' : 'composer.send')}
        >
          <Icon of={iSend} />
        </button>
      </div>
    </form>
  );
}
