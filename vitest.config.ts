import { defineConfig } from 'vitest/config';

/**
 * Two projects: `unit` (beside the code, fast, parallel) and `house` (the house from outside: processes, sockets,
 * native engines; one file at a time, because timing on a busy machine is part of what is shown).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['server/**/*.test.ts', 'native/**/*.test.ts', 'models/**/*.test.ts', 'test/arch/**/*.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: ['test/arch/**', 'node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
