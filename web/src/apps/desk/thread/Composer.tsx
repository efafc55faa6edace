/** Where the advisor writes: replies and private notes, standard answers on a slash, a verdict while typing. */
import { type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { composing } from '../../../chat/hooks';
import type { Body } from '../../../core/protocol';
import type { Item } from '../../../core/view';
import { t } from '../../../locales/desk';
import { Button, Icon, IconButton } from '../../../ui';
import { iCal, iClip, iClock, iLock, iNote, iQuote, iSend } from '../../../ui/icons';
import { useWide } from '../../../ui/useWide';
import { useMe } from '../../session';
import type { Answer } from '../data';
import { enterSends } from '../keys/prefs';
import { live, useLineState } from '../line';
import { useAdvice } from './advice';
import { slash, sources, stillCited, useSlash } from './answers';
import { announce } from './bus';
import css from './Composer.module.css';
import { draft, keepDraft } from './drafts';
import { setMode, useMode } from './mode';
import { SlashList } from './SlashList';
import { Suggestions } from './Suggestions';
import { Uploads, useUploads } from './Uploads';
import { VerdictBar } from './Verdict';
import { pieces, rewritten, useVerdict } from './verdict';

const LONGEST = 8_000;
const SendLater = lazy(() => import('./SendLater'));

export interface ComposerProps {
  conversation: string;
  may: { send: boolean; note: boolean };
  editing: Item | null;
  onEdited: () => void;
  /** Shared number of the client's last message: suggestions follow it. */
  lastNo: number;
  /** The client has the last word. */
  awaited: boolean;
  onSent: () => void;
}

export function Composer(props: ComposerProps) {
  const { conversation, editing } = props;
  const me = useMe().id;
  const chosenMode = useMode(conversation);
  const mode = props.may.send ? chosenMode : 'note';
  const [text, setText] = useState(() => draft(me, conversation, mode));
  const [used, setUsed] = useState<Answer | null>(null);
  const [chosen, setChosen] = useState(0);
  const [away, setAway] = useState(false);
  const [later, setLater] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const pick = useRef<HTMLInputElement>(null);
  const list = useId();
  const wide = useWide(768);
  const online = useLineState() === 'online';
  const files = useUploads(conversation);
  const note = mode === 'note';
  const judged = useVerdict(text, conversation, !note && !slash(text));
  const heeded = useAdvice(conversation, text, judged);
  const action = judged?.verdict.action;
  const word = away || editing ? null : slash(text);
  const found = useSlash(word);
  const [of, setOf] = useState(mode);
  if (of !== mode) {
    // Each has a draft of its own, and nothing of the one may slip into the other.
    setOf(mode);
    setText(draft(me, conversation, mode));
    setUsed(null);
    setChosen(0);
    setAway(false);
    files.clear();
  }
  const hits = word === null ? [] : (found.data ?? []).slice(0, 8);

  const { onEdited } = props;
  const edited = useRef(mode);
  useEffect(() => {
    // An edit that was begun ends with its mode.
    if (edited.current !== mode) onEdited();
    edited.current = mode;
  }, [mode, onEdited]);
  useEffect(() => {
    if (!editing) return;
    setText(editing.body.text ?? '');
    box.current?.focus({ preventScroll: true });
  }, [editing]);

  const write = (next: string) => {
    setText(next);
    setChosen(0);
    setAway(false);
    if (!editing) keepDraft(me, conversation, mode, slash(next) === null ? next : '');
    if (next && !note) live.typing(conversation);
  };
  const typed = useRef(write);
  typed.current = write;
  useEffect(
    () =>
      announce((start) => {
        box.current?.focus({ preventScroll: true });
        if (start && box.current?.value === '') typed.current(start);
      }),
    [],
  );
  const insert = (answer: Answer) => {
    setUsed(answer);
    write(slash(text) === null && text.trim() ? `${text.trimEnd()}\n${answer.text}` : answer.text);
    requestAnimationFrame(() => box.current?.focus({ preventScroll: true }));
  };
  const long = text.length > LONGEST;
  const blocked = action === 'block' && !note;
  const can = !blocked && !long && !files.busy && (text.trim() !== '' || files.done.length > 0);
  const send = () => {
    if (!can) return;
    if (!note) heeded();
    const citations = note ? [] : stillCited(text, used);
    const { cards, attachments, citations: cited } = editing?.body ?? {};
    const body: Body = {
      text: text.trim(),
      // An edit changes the words; what came with them stays.
      ...(cards?.length ? { cards } : {}),
      ...(attachments?.length ? { attachments } : {}),
      ...(cited?.length ? { citations: cited } : {}),
      ...(files.done.length ? { attachments: files.done } : {}),
      ...(citations.length ? { citations } : {}),
    };
    if (editing?.entry) live.edit(editing.entry, body);
    else live.post(conversation, body, note ? 'internal' : 'shared');
    finish();
  };
  const finish = () => {
    if (editing) {
      props.onEdited();
      setText(draft(me, conversation, mode));
    } else {
      keepDraft(me, conversation, mode, '');
      setText('');
      files.clear();
    }
    setUsed(null);
    props.onSent();
    box.current?.focus({ preventScroll: true });
  };
  const cancelEdit = () => {
    props.onEdited();
    setText(draft(me, conversation, mode));
  };
  const rewrite = () => judged && write(rewritten(text, judged.verdict));

  const keys = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (composing(event)) return;
    const enter = event.key === 'Enter';
    if (hits.length && ['ArrowDown', 'ArrowUp', 'Enter', 'Tab'].includes(event.key)) {
      if (event.key === 'ArrowDown') setChosen((chosen + 1) % hits.length);
      else if (event.key === 'ArrowUp') setChosen((chosen + hits.length - 1) % hits.length);
      else insert(hits[chosen] as Answer);
    } else if (event.key === 'Escape' && word !== null) setAway(true);
    else if (event.key === 'Escape' && editing) cancelEdit();
    else if (event.key === '.' && (event.ctrlKey || event.metaKey)) rewrite();
    else if (enter && (event.ctrlKey || event.metaKey)) send();
    else if (enter && !event.shiftKey && wide && enterSends()) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={css.place}>
      {!note && !editing && word === null ? (
        <Suggestions
          conversation={conversation}
          lastNo={props.lastNo}
          on={props.awaited}
          empty={text === ''}
          box={box}
          onInsert={insert}
        />
      ) : null}
      <div
        className={`${css.box} ${note ? css.noteBox : ''} ${blocked ? css.blocked : action && !note ? css.advised : ''}`}
      >
        {hits.length ? (
          <SlashList
            id={list}
            answers={hits}
            chosen={chosen}
            onChoose={insert}
            onPoint={setChosen}
          />
        ) : null}
        {editing ? (
          <div className={css.editing}>
            <span>{t('composer.editing')}</span>
            <Button size="xs" kind="ghost" onPress={cancelEdit}>
              {t('composer.cancel')}
            </Button>
          </div>
        ) : null}
        {judged && !note ? <VerdictBar verdict={judged.verdict} onRewrite={rewrite} /> : null}
        <Uploads files={files} />
        {long ? (
          <p className={css.long} role="status">
            {t('composer.long')}
          </p>
        ) : null}
        <div className={css.field}>
          <div className={css.mirror} aria-hidden="true">
            {pieces(text, note ? null : judged).map((piece, index) =>
              piece.marked ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no other name
                <mark key={index} className={blocked ? css.hit : css.hint}>
                  {piece.text}
                </mark>
              ) : (
                piece.text
              ),
            )}
            {'\u200b'}
          </div>
          <textarea
            ref={box}
            id="composer"
            className={css.text}
            rows={1}
            value={text}
            aria-label={t(note ? 'composer.note.label' : 'composer.label')}
            placeholder={t(note ? 'composer.note.hint' : 'composer.hint')}
            aria-controls={hits.length ? list : undefined}
            aria-activedescendant={hits.length ? `${list}-${chosen}` : undefined}
            aria-invalid={blocked || undefined}
            onChange={(event) => write(event.currentTarget.value)}
            onKeyDown={keys}
            onPaste={(event) => {
              const pasted = [...event.clipboardData.files];
              if (!pasted.length) return;
              event.preventDefault();
              files.add(pasted);
            }}
          />
        </div>
        <div className={css.tools}>
          {editing ? null : (
            <>
              <IconButton
                icon={iClip}
                label={t('composer.attach')}
                isDisabled={!online || note}
                onPress={() => pick.current?.click()}
              />
              <input
                ref={pick}
                type="file"
                hidden
                multiple
                tabIndex={-1}
                accept="image/png,image/jpeg,image/webp,image/gif,application/pdf"
                onChange={(event) => {
                  files.add([...(event.currentTarget.files ?? [])]);
                  event.currentTarget.value = '';
                }}
              />
              <Button
                kind="ghost"
                onPress={() => {
                  write('/');
                  box.current?.focus();
                }}
              >
                {t('composer.answers')}
              </Button>
              {props.may.note ? (
                <Button
                  kind={note ? 'quiet' : 'ghost'}
                  icon={iNote}
                  onPress={() => setMode(conversation, note ? 'reply' : 'note')}
                  aria-label={t(note ? 'composer.note.off' : 'composer.note.on')}
                >
                  {wide ? t(note ? 'composer.note.off' : 'composer.note.on') : null}
                </Button>
              ) : null}
            </>
          )}
          <span className={css.space} />
          {text && !editing && wide ? <span className={css.kept}>{t('composer.kept')}</span> : null}
          {!note && stillCited(text, used).length ? (
            <span className={css.kept} title={sources(used as Answer)[0]?.title}>
              <Icon of={iQuote} size={14} /> {t('composer.cited')}
            </span>
          ) : null}
          {note || editing ? null : (
            <IconButton
              icon={iCal}
              label={t('composer.later')}
              isDisabled={!can || !online || files.done.length > 0}
              onPress={() => setLater(true)}
            />
          )}
          <Button
            kind={can ? 'primary' : 'quiet'}
            icon={blocked ? iLock : note ? iNote : online ? iSend : iClock}
            isDisabled={!can}
            onPress={send}
          >
            {t(
              editing
                ? 'composer.save'
                : note
                  ? 'composer.note.send'
                  : online
                    ? 'composer.send'
                    : 'composer.queue',
            )}
          </Button>
        </div>
      </div>
      {later ? (
        <Suspense>
          <SendLater
            conversation={conversation}
            body={{ text: text.trim() }}
            onClose={() => setLater(false)}
            onDone={() => {
              setLater(false);
              finish();
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
