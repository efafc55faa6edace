import { describe, expect, it } from 'vitest';
import { another, differences, ordered, placed } from './documents';

const question = {
  id: 'age',
  options: [
    { id: 'a', score: 1 },
    { id: 'b', score: 2 },
  ],
};

describe('what differs between two versions', () => {
  it('is nothing between equals', () => {
    expect(differences({ a: [1, 2] }, { a: [1, 2] })).toEqual([]);
  });
  it('is named by the ids on the way, and an inserted member moves no other', () => {
    const after = {
      questions: [
        { id: 'new', options: [] },
        {
          ...question,
          options: [
            { id: 'a', score: 1 },
            { id: 'b', score: 5 },
          ],
        },
      ],
    };
    expect(differences({ questions: [question] }, after)).toEqual([
      { path: 'questions › age › options › b › score', before: '2', after: '5' },
      { path: 'questions › new › id', before: '', after: 'new' },
      { path: 'questions › new › options', before: '', after: '' },
    ]);
  });
  it('shows a row of the matrix as a whole', () => {
    expect(differences({ allowed: { C3: [1, 2, 3] } }, { allowed: { C3: [1, 2] } })).toEqual([
      { path: 'allowed › C3', before: '1, 2, 3', after: '1, 2' },
    ]);
  });
});

describe('changing a document', () => {
  it('puts a value at its place and leaves the rest as it was', () => {
    const before = { questions: [question], valid_months: 24 };
    const after = placed(before, ['questions', 0, 'options', 1, 'score'], 9);
    expect(differences(before, after)).toEqual([
      { path: 'questions › age › options › b › score', before: '2', after: '9' },
    ]);
  });
  it('adds a member like the last one, with an id of its own', () => {
    expect(
      another([{ id: 'a', text: { 'zh-CN': '甲', en: 'A' }, lowest: true, score: 3 }]),
    ).toEqual({
      id: 'n2',
      text: { 'zh-CN': '', en: '' },
      score: 3,
    });
    expect(another([1, 2])).toBe(2);
  });
  it('writes what a question is called before what can be answered', () => {
    const keys = ordered({ options: [], months: 1, text: 'x', id: 'a' }).map(([key]) => key);
    expect(keys).toEqual(['id', 'text', 'options', 'months']);
  });
});
