import { afterEach, describe, expect, it } from 'vitest';
import type { Entry, Verdict } from '../../../core/protocol';
import type { Range } from '../../../core/store';
import type { Item } from '../../../core/view';
import type { Answer } from '../data';
import { slash, sources, stillCited } from './answers';
import { draft, dropNobodys, forgetDrafts, hasDraft, keepDraft } from './drafts';
import { among, lineAt } from './useThread';
import { type Judged, pieces, rewritten } from './verdict';

const blocked = (
  spans: [number, number][],
  alternative: string | null = '不保证收益。',
): Verdict => ({
  action: 'block',
  policies: [{ id: 'p', category: 'c', title: 't', reason: 'r', alternative }],
  spans,
});

describe('the words that a verdict marks', () => {
  const text = '这款保本，您放心。';
  const judged: Judged = { text, verdict: blocked([[2, 4]]) };

  it('cuts the text at its spans and loses no sign', () => {
    expect(pieces(text, judged)).toEqual([
      { text: '这款', marked: false },
      { text: '保本', marked: true },
      { text: '，您放心。', marked: false },
    ]);
  });

  it('keeps a mark while the text grows behind it', () => {
    const found = pieces(`${text}再见`, judged);
    expect(found.filter((one) => one.marked).map((one) => one.text)).toEqual(['保本']);
    expect(found.map((one) => one.text).join('')).toBe(`${text}再见`);
  });

  it('drops a mark once the text has changed before or inside it', () => {
    for (const changed of ['那款保本，您放心。', '这款保息，您放心。']) {
      expect(pieces(changed, judged)).toEqual([{ text: changed, marked: false }]);
    }
  });

  it('marks nothing without a verdict', () => {
    expect(pieces('', null)).toEqual([{ text: '', marked: false }]);
  });
});

describe('the approved wording', () => {
  it('takes the place of the sentence with the span, and of no other', () => {
    expect(rewritten('您好。这款保本。再联系。', blocked([[5, 7]]))).toBe(
      '您好。不保证收益。再联系。',
    );
  });

  it('stands once where several sentences are concerned', () => {
    const text = '保本。保息。谢谢';
    expect(
      rewritten(
        text,
        blocked([
          [0, 2],
          [3, 5],
        ]),
      ),
    ).toBe('不保证收益。谢谢');
  });

  it('leaves the text where there is none', () => {
    expect(rewritten('保本。', blocked([[0, 2]], null))).toBe('保本。');
  });
});

describe('a slash', () => {
  it('searches only as the first sign of one line', () => {
    expect(slash('/')).toBe('');
    expect(slash('/两融')).toBe('两融');
    expect(slash('／利率 ')).toBe('利率');
    expect(slash('见 https://a.example/b')).toBeNull();
    expect(slash('/两\n融')).toBeNull();
  });
});

describe('what an inserted answer rests on', () => {
  const answer: Answer = {
    id: 'a.2',
    entry: 'a',
    version: 2,
    title: '利率',
    text: '融资利率按日计算，按月结算，以合同为准。',
    reviewed: '2026-11-01',
  };

  it('is the entry itself where no citations are given', () => {
    expect(sources(answer)).toEqual([
      { n: 1, entry: 'a', version: 2, title: '利率', reviewed: '2026-11-01' },
    ]);
  });

  it('goes with the message as long as its words do', () => {
    expect(stillCited(`您好，${answer.text}`, answer)).toHaveLength(1);
    expect(stillCited('您好，请看合同。', answer)).toEqual([]);
    expect(stillCited(answer.text, null)).toEqual([]);
  });
});

describe('drafts', () => {
  afterEach(forgetDrafts);

  it('are kept by person, conversation and mode', () => {
    keepDraft('su', 'a', 'reply', '您好');
    keepDraft('su', 'a', 'note', '记一下');
    expect([
      draft('su', 'a', 'reply'),
      draft('su', 'a', 'note'),
      draft('su', 'b', 'reply'),
      draft('lin', 'a', 'reply'),
    ]).toEqual(['您好', '记一下', '', '']);
    expect([hasDraft('su', 'a'), hasDraft('su', 'b'), hasDraft('lin', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('end with an empty text and with signing out', () => {
    keepDraft('su', 'a', 'reply', '您好');
    keepDraft('su', 'a', 'reply', '');
    expect(hasDraft('su', 'a')).toBe(false);
    keepDraft('su', 'b', 'note', 'x');
    localStorage.setItem('visavis.theme', 'dark');
    forgetDrafts();
    expect(hasDraft('su', 'b')).toBe(false);
    expect(localStorage.getItem('visavis.theme')).toBe('dark');
  });

  it('of which nobody knows whose they are go', () => {
    localStorage.setItem('visavis.draft.a.reply', '您好');
    keepDraft('su', 'a', 'reply', '在的');
    dropNobodys();
    expect(localStorage.getItem('visavis.draft.a.reply')).toBeNull();
    expect(draft('su', 'a', 'reply')).toBe('在的');
  });
});

describe('the unread line', () => {
  const said = (no: number, mine: boolean): Item => ({
    key: `k${no}`,
    entry: {
      id: `e${no}`,
      conversation: 'c',
      stream: 'shared',
      no,
      kind: 'message',
      sender: null,
      at: no,
      body: { text: String(no) },
      state: 'kept',
    },
    said: null,
    pending: null,
    body: { text: String(no) },
    at: no,
    mine,
    earlier: [],
    recalled: false,
    delivery: null,
    note: '',
  });
  const mark = (read: number) => ({ receipts: [{ person: 'me', delivered: read, read }] });

  it('stands where I had read to', () => {
    expect(lineAt([said(1, false), said(2, false)], mark(1), 'me')).toBe(1);
  });

  it('stands below my own last word, which I surely wrote after reading', () => {
    expect(lineAt([said(1, false), said(2, true), said(3, false)], mark(0), 'me')).toBe(2);
  });

  it('is not there when nothing of the other side follows', () => {
    expect(lineAt([said(1, false), said(2, true)], { receipts: [] }, 'me')).toBeUndefined();
    expect(lineAt([said(1, false)], mark(1), 'me')).toBeUndefined();
  });
});

describe('notes among what was said', () => {
  const entry = (no: number, at: number) => ({ no, at }) as Entry;
  const held = (low: number, ordered: Entry[]) => ({ low, ordered }) as unknown as Range;

  it('wait for the messages of their time', () => {
    const notes = [entry(1, 10), entry(2, 50)];
    expect(among(notes, held(101, [entry(101, 40)]))).toEqual([notes[1]]);
    expect(among(notes, held(1, [entry(1, 40)]))).toEqual(notes);
  });
});
