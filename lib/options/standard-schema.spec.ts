import { describe, expect, it } from '@jest/globals';
import { OptionsError } from '../validation/validation-error.js';
import { blueGreenSchema } from './standard-schema.js';

const environment = { model: 'gpt-4o', baseUrl: 'https://api.example.com/v1', apiKey: 'a-key' };
const valid = { environments: { blue: { ...environment, weight: 100 }, green: { ...environment, model: 'gpt-4.1' } } };
const wrong = { environments: { ...valid.environments, green: { ...environment, weight: '5' } } };

describe('the options as a Standard Schema', () => {
  it('give a valid value back as it was', () => {
    expect(blueGreenSchema()['~standard'].validate(valid)).toEqual({ value: valid });
    expect(blueGreenSchema().parse(valid)).toBe(valid);
  });

  it('say what is wrong, with path, value and remedy', () => {
    expect(blueGreenSchema()['~standard'].validate(wrong)).toEqual({
      issues: [
        {
          path: ['environments.green.weight'],
          message: 'has the wrong type (found: "5"). Use a value of type number.',
        },
      ],
    });
  });

  it('check what one option asks of another, as forRoot() does', () => {
    const half = { environments: { blue: { ...environment, weight: 50 } } };
    const { issues } = blueGreenSchema()['~standard'].validate(half);
    expect(issues?.[0]?.message).toContain('has weights that cannot be used');
  });

  it('are found under a key, beside whatever else', () => {
    const settings = { PORT: '3000', blueGreen: valid };
    expect(blueGreenSchema('blueGreen').parse(settings)).toBe(settings);
    const { issues } = blueGreenSchema('blueGreen')['~standard'].validate({ blueGreen: wrong });
    expect(issues?.[0]?.path).toEqual(['blueGreen', 'environments.green.weight']);
  });

  it.each([undefined, null, 'text', {}, { blueGreen: null }])('refuse %p', (value) => {
    expect(blueGreenSchema('blueGreen')['~standard'].validate(value).issues).not.toHaveLength(0);
    expect(() => blueGreenSchema('blueGreen').parse(value)).toThrow(OptionsError);
  });
});
