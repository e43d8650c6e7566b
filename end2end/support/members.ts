/** An account of the demo shop. */
export interface Account {
  readonly number: string
  readonly password: string
}

const password = 'qinda-demo-2026'

export const agent: Account = { number: '1001', password }
export const supervisor: Account = { number: '2001', password }
export const editor: Account = { number: '3001', password }
