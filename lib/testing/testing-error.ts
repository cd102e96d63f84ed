import { BlueGreenError } from '../domain/errors.js';

/**
 * Something that a test asks for and cannot have. `code`: `no_fake_clock`, `phase_not_reached`, `environment_without_traffic`.
 */
export class TestingError extends BlueGreenError {
  constructor(code: string, message: string, remedy: string) {
    super(code, message, remedy, 500);
  }
}
