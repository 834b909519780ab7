import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { portableBitmapHas } from '../../src/lib/bitmap.ts';
import {
  builtInFilterTypes,
  checkFilters,
  createFilterEvaluator,
  type FilterBody,
} from '../../src/modules/filters/index.ts';
import { load } from '../api/customer-data.ts';
import { institutionId, startTestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { filterArbitrary } from '../support/filter-model.ts';

const roomy = { columnBytesMax: 2 ** 24, bitmapBytesMax: 2 ** 24 };
const question = (filters: readonly FilterBody[]) => ({
  ...checkFilters(filters, builtInFilterTypes, { today: 20_000 }),
  audiences: [],
  wantsMembers: false,
  readMembers: () => Promise.reject(new Error('no filter asks about members')),
});
const inRegion = (value: string) =>
  question([{ filterType: { name: 'regionCode' }, operator: 'equals', values: [value] }]);
const born = question([{ filterType: { name: 'customerAge' }, operator: 'greaterThan', values: [20] }]);

forEachEngine((engine) => {
  test('many at once get right answers, and an erasure and a load show at once', async () => {
    await using bank = await startTestApp(engine);
    const lines = Array.from({ length: 500 }, (_, index) => `C${index},retail,${1950 + (index % 50)},R${index % 10}`);
    await load(bank, ['coreCustomerId,customerType,birthYear,regionCode', ...lines]);
    const evaluator = createFilterEvaluator({ database: bank.database, memory: roomy });
    try {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => evaluator.evaluate(institutionId, inRegion(`R${index % 10}`))),
      );
      assert.deepEqual(new Set(answers.map(({ customerCount }) => customerCount)), new Set([50]));
      await load(bank, ['coreCustomerId,customerType,regionCode', 'C0,retail,R1']);
      assert.equal((await evaluator.evaluate(institutionId, inRegion('R1'))).customerCount, 51);
    } finally {
      await evaluator.close();
    }
  });

  test('many at once that read different columns all get answers', async () => {
    await using bank = await startTestApp(engine);
    await load(bank, ['coreCustomerId,customerType', 'C0,retail']);
    const evaluator = createFilterEvaluator({ database: bank.database, memory: roomy });
    try {
      const names = builtInFilterTypes.filter(({ column }) => column !== undefined).map(({ name }) => name);
      const answers = await Promise.all(
        names.map((name) =>
          evaluator.evaluate(institutionId, question([{ filterType: { name }, operator: 'isPresent' }])),
        ),
      );
      assert.deepEqual([answers.length > 15, answers.every(({ baseCount }) => baseCount === 1)], [true, true]);
    } finally {
      await evaluator.close();
    }
  });

  test('a customer is a member exactly when every clause is true of them', async () => {
    await using bank = await startTestApp(engine);
    const cell = (values: readonly (string | number)[], index: number) => values[index % values.length] ?? '';
    const lines = Array.from(
      { length: 60 },
      (_, index) =>
        `C${index},${cell(['retail', 'business'], index)},${cell([1950, 1970, ''], Math.floor(index / 2))},${cell(['NC', 'nc', 'VA', ''], Math.floor(index / 3))}`,
    );
    await load(bank, ['coreCustomerId,customerType,birthYear,regionCode', ...lines]);
    const evaluator = createFilterEvaluator({ database: bank.database, memory: roomy });
    const filters = filterArbitrary([
      { name: 'customerType', dataType: 'enumeration', values: ['retail', 'business'] },
      { name: 'customerAge', dataType: 'integer', values: [34, 54, 70] },
      { name: 'regionCode', dataType: 'string', values: ['NC', 'VA'] },
    ]);
    const check = fc.asyncProperty(fc.array(filters, { minLength: 1, maxLength: 3 }), async (several) => {
      const asked = question(several);
      const { members = new Uint8Array() } = await evaluator.evaluate(institutionId, { ...asked, wantsMembers: true });
      for (let ordinal = 0; ordinal < lines.length; ordinal += 7) {
        const explained = await evaluator.explain(institutionId, { ...asked, ordinal });
        assert.equal(
          explained.every(({ truth }) => truth === 'true'),
          portableBitmapHas(members, ordinal),
        );
      }
    });
    try {
      await fc.assert(check, { numRuns: 60 });
    } finally {
      await evaluator.close();
    }
  });

  test('without room for the columns it says so, and does not go on for ever', async () => {
    await using bank = await startTestApp(engine);
    await load(bank, ['coreCustomerId,customerType,birthYear', 'C0,retail,1950']);
    const cramped = createFilterEvaluator({
      database: bank.database,
      memory: { columnBytesMax: 1, bitmapBytesMax: 1 },
    });
    try {
      await assert.rejects(cramped.evaluate(institutionId, born), { name: 'Problem', type: 'serviceUnavailable' });
      // What needs no column is judged all the same, and nothing of it is kept.
      assert.equal((await cramped.evaluate(institutionId, question([]))).customerCount, 1);
    } finally {
      await cramped.close();
    }
  });

  test('a thread that was ended is started again', async () => {
    await using bank = await startTestApp(engine);
    await load(bank, ['coreCustomerId,customerType,birthYear', 'C0,retail,1950']);
    const evaluator = createFilterEvaluator({ database: bank.database, memory: roomy });
    assert.equal((await evaluator.evaluate(institutionId, born)).customerCount, 1);
    await evaluator.close();
    assert.equal((await evaluator.evaluate(institutionId, born)).customerCount, 1);
    await evaluator.close();
  });
});
