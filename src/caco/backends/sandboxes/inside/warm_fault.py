import math
print(undefined, math.pi)
