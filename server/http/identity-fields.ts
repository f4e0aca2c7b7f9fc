import { z } from 'zod';
import { passwordLimits } from '../domain/users/password.ts';

const { least, most } = passwordLimits;

export const emailText = z
  .string()
  .trim()
  .max(254, 'must be at most 254 characters')
  .pipe(z.email('must be an e-mail address'));

/** A password that somebody chooses. */
export const newPassword = z
  .string()
  .min(least, `must have at least ${least} characters`)
  .max(most, `must have at most ${most} characters`);

/** What somebody types who signs in: whatever was let in when it was chosen. */
export const signInBody = z.object({
  email: z.string().trim().min(1, 'must not be empty').max(254, 'must be at most 254 characters'),
  password: z.string().min(1, 'must not be empty').max(most, `must have at most ${most} characters`),
});
