import { BlueGreenError } from '../domain/errors.js';

/**
 * A test asks for something impossible. `code`: `no_fake_clock`, `phase_not_reached`, `environment_without_traffic`.
 */
export class TestingError extends BlueGreenError {
  constructor(code: string, message: string, remedy: string) {
    super(code, message, remedy, 500);
  }
}
