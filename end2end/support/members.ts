/** An account; of the demo shop unless another is named. */
export interface Account {
  /** The shop, where the server has several. */
  readonly shop?: string
  readonly number: string
  readonly password: string
}

const password = 'qinda-demo-2026'

export const agent: Account = { number: '1001', password }
export const colleague: Account = { number: '1002', password }
export const supervisor: Account = { number: '2001', password }
export const editor: Account = { number: '3001', password }
