import { Desk } from '../pages/desk.ts'
import { Planning } from '../pages/planning.ts'
import { supervisor } from '../support/members.ts'
import { bringPastWeeks } from '../support/past-weeks.ts'
import { expect, test } from '../support/stories.ts'

const MONDAY = 0
const EVENING = 20

test('what is assumed changes at once how many are needed, and is kept for everybody', async ({ server, anotherPage }) => {
  await bringPastWeeks(server)
  const desk = new Desk(await anotherPage(), server.origin)
  await desk.start(supervisor, '/desk/figures/planning')
  const planning = new Planning(desk.page)
  await expect(planning.sentence).toContainText('下周最忙是周一 20 点')
  await expect(planning.sentence).toContainText('现排 0 人')
  const needed = async (): Promise<number> =>
    Number(/需(\d+)/.exec((await planning.needed(MONDAY, EVENING).textContent()) ?? '')?.[1])
  const withThree = await needed()
  await planning.assumption('chats').fill('1')
  await expect.poll(needed).toBeGreaterThan(withThree)
  const withOne = await needed()

  // Written as in a spreadsheet: a number, Enter, the next hour.
  await planning.planned(MONDAY, EVENING).click()
  await desk.page.keyboard.type(String(withOne))
  await desk.page.keyboard.press('Enter')
  await expect(planning.planned(MONDAY, EVENING + 1)).toBeFocused()
  await desk.page.keyboard.type('2')
  await expect(planning.needed(MONDAY, EVENING)).not.toContainText('缺')
  await expect(planning.needed(MONDAY, EVENING + 1)).toContainText('缺')
  await expect(planning.sentence).toContainText(`正好排了 ${withOne} 人`)
  await planning.save.click()
  await expect(planning.standing).toHaveText('已保存')

  await desk.page.reload()
  await expect(planning.assumption('chats')).toHaveValue('1')
  await expect(planning.planned(MONDAY, EVENING)).toHaveValue(String(withOne))
  await expect(planning.planned(MONDAY, EVENING + 1)).toHaveValue('2')
  expect(await needed()).toBe(withOne)
})

test('two who plan at the same time lose nothing of each other', async ({ server, anotherPage }) => {
  const open = async (): Promise<Planning> => {
    const desk = new Desk(await anotherPage(), server.origin)
    await desk.start(supervisor, '/desk/figures/planning')
    const planning = new Planning(desk.page)
    await expect(planning.assumption('level')).toHaveValue('80')
    return planning
  }
  const [first, second] = [await open(), await open()]
  await expect(first.page.getByText('历史还不够')).toBeVisible()
  // Typed before the other one saves: what nobody typed into takes a colleague's plan as it comes.
  await second.planned(2, 9).fill('4')
  await first.assumption('level').fill('90')
  await first.save.click()
  await expect(first.standing).toHaveText('已保存')

  await second.save.click()
  await expect(second.standing).toContainText('也没有丢')
  await expect(second.planned(2, 9)).toHaveValue('4')
  await first.assumption('within').fill('30')
  await second.page.getByRole('button', { name: '用我的' }).click()
  await expect(second.standing).toHaveText('已保存')

  await first.save.click()
  await first.page.getByRole('button', { name: '用同事的' }).click()
  await expect(first.planned(2, 9)).toHaveValue('4')
  await expect(first.assumption('level')).toHaveValue('80')
})
