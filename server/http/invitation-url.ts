/** Where the invited choose their password; the token stays behind `#`, out of every log. */
export function invitationUrl(origin: string, token: string): string {
  return `${origin}/app/#/invitation/${token}`;
}
